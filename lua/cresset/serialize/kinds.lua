--- The numbers that values begin with in Torch7's files.
-- Two are our own, so that Lua's integers and floats stay what they were: FLOAT, a float of
-- integral value, and INTEGER, an integer that a double cannot hold.
return {
  NIL = 0, NUMBER = 1, STRING = 2, TABLE = 3, OBJECT = 4, BOOLEAN = 5, FLOAT = 9, INTEGER = 10,
  functions = { [6] = true, [7] = true, [8] = true }, -- Torch7's functions
  deepest = 10000, -- tables in tables; more would exhaust Lua's stack
}
