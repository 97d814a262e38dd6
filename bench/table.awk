# Joins goals.tsv, instructions.tsv and ratios.tsv, in this order, into one table for people. "*" marks a figure above its goal.
BEGIN { FS = "\t" }
FNR == 1 { file++; next }
{ row = $1 FS $2 FS $3 }
file == 1 { prototype_ratio[row] = $4; prototype_count[row] = $5; goal_ratio[row] = $6; goal_count[row] = $7; next }
file == 2 { count[row] = $4; next }
function or_dash(value) { return value == "" ? "-" : value }
function mark(value, goal) { return goal != "" && goal != "-" && value + 0 > goal + 0 ? "*" : " " }
!header++ {
  print  "                                    time / floor's                   instructions a packet              nanoseconds a packet"
  print  "workload version operation          ratio   goal  prototype          count   goal  prototype  floor     ours    floor"
}
$1 != workload && header > 1 { print "" }
{
  workload = $1
  header++
  own = row " floor"
  reads = $3 ~ /^(parse|framing|for_each|next|connection|decode)/
  printf "%-8s %-7s %-16s%8.2f%s %6s %10s   %12s%s %6s %10s %6s %8.1f %8.1f\n", $1, $2, $3, $4, mark($4, goal_ratio[row]),
    or_dash(goal_ratio[row]), or_dash(prototype_ratio[row]), or_dash(count[row]), mark(count[row], goal_count[row]), or_dash(goal_count[row]),
    or_dash(prototype_count[row]), or_dash(count[own in count ? own : $1 FS $2 FS (reads ? "decode floor" : "generate floor")]), $7, $8
}
