local bidirectional = require("cresset.nn.bidirectional")

--- nn.BiSequencerLM(forward, [backward], [merge]): nn.BiSequencer for models that tell each step
-- from the others: what is merged at a step comes from the steps before it and from those behind
-- it, zeros where there are none. The input, a table, has at least 2 steps.
return bidirectional("nn.BiSequencerLM", true)
