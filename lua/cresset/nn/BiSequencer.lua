local bidirectional = require("cresset.nn.bidirectional")

--- nn.BiSequencer(forward, [backward], [merge]): a recurrent layer over a sequence, a table of
-- steps, another over its reverse (a new copy of the first unless told otherwise), and each step's
-- two outputs merged: by nn.JoinTable(1, 1), nn.JoinTable(1, merge) for a number, or a layer of
-- tables.
return bidirectional("nn.BiSequencer", false)
