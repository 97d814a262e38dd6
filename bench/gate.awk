# gate.awk COMMITTED NOW: what gate.sh asks of two tables of counts.
BEGIN { FS = "\t" }
FNR == 1 { file++; next }
{ row = $1 " " $2 " " $3 }
file == 1 { before[row] = $4; allocations[row] = $5; next }
{ rows++ }
!(row in before) { print "NEW: " row ": " $4; failures++; next }
$5 != allocations[row] { print "ALLOCATIONS: " row ": " allocations[row] " -> " $5; failures++ }
$4 > before[row] * 1.02 + 0.1 { printf "MORE: %s: %s -> %s (%+.1f %%)\n", row, before[row], $4, ($4 / before[row] - 1) * 100; failures++ }
$4 < before[row] * 0.98 - 0.1 { printf "less, commit it: %s: %s -> %s (%+.1f %%)\n", row, before[row], $4, ($4 / before[row] - 1) * 100 }
{ delete before[row] }
END {
  for (row in before) { print "GONE: " row; failures++ }
  if (!rows) { print "nothing was counted"; failures++ }
  print rows + 0 " counts, " failures + 0 " not as they should be"
  exit failures > 0
}
