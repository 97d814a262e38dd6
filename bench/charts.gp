# Draws what results.py wrote: gnuplot -e "folder='…'; compiler='g++'; machine='…'; out='…'" charts.gp
set terminal svg size 960,420 dynamic font 'sans-serif,13' background 'white'
set datafile separator "\t"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9 noborder
set boxwidth 0.9
set grid ytics lc rgb '#dddddd'
set border 3 lc rgb '#888888'
set tics nomirror textcolor rgb '#333333'
set xtics rotate by -35 scale 0
set key outside right top
array color[3] = ['#2a6f97', '#61a5c2', '#e07a2f']

set title 'Throughput by workload: '.machine noenhanced
set ylabel 'GB/s'
set logscale y
set yrange [0.02:*]
set output out.'/throughput.svg'
plot for [i=2:4] folder.'/'.compiler.'/throughput.dat' using i:xtic(1) title columnheader(i) lc rgb color[i-1]

unset logscale y
set title "Time as a ratio to the floor, which checks nothing: ".machine noenhanced
set ylabel 'ratio to the floor'
set yrange [0:*]
set output out.'/ratio.svg'
plot for [i=2:4] folder.'/'.compiler.'/ratio.dat' using i:xtic(1) title columnheader(i) lc rgb color[i-1], 1 with lines lc rgb '#888888' dt 2 title 'floor'

set title 'Instructions a packet: '.compiler noenhanced
set ylabel 'instructions'
set logscale y
set yrange [20:*]
set output out.'/instructions.svg'
plot for [i=2:4] folder.'/'.compiler.'/instructions.dat' using i:xtic(1) title columnheader(i) lc rgb color[i-1]

set logscale xy
set style data linespoints
set xtics norotate
set yrange [*:*]
set format x '10^{%L}'
set title 'A PUBLISH, by its payload' noenhanced
set xlabel 'bytes of payload'
set ylabel 'nanoseconds a packet'
set output out.'/payload.svg'
plot folder.'/parse_as_by_payload.dat' using 1:2 title 'parse\_as: looks at no payload' lc rgb color[1] pt 7, \
  folder.'/for_each_in_4_KiB_by_payload.dat' using 1:2 title 'stream in chunks of 4 KiB' lc rgb color[2] pt 7, \
  folder.'/generate_by_payload.dat' using 1:2 title 'generate: copies it' lc rgb color[3] pt 7

set title 'The mix W8, by the size of its chunks, and by how many packets lie in the buffer' noenhanced
set xlabel 'bytes in a chunk; packets in the buffer'
set output out.'/chunks.svg'
plot folder.'/for_each_by_chunk.dat' using 1:2 title 'by bytes in a chunk' lc rgb color[1] pt 7, \
  folder.'/for_each_by_packets_in_the_buffer.dat' using 1:2 title 'by packets in the buffer' lc rgb color[3] pt 7
