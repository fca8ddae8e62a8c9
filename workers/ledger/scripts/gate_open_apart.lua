--#include time
--#include gate_word
-- As gate_open.lua, of the gate alone, in its own slot of a Cluster.
--
-- ARGV: the gate's key. Answers as that does in the first partition.
return word_of(ARGV[1])
