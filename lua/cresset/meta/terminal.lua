---@meta

--- The terminal, the line editor and Ctrl-C: what the cresset command is made of.
local terminal = {}

--- True when an open file is a terminal.
---@param file file* such as io.stdout
---@return boolean
function terminal.isTerminal(file) end

--- Columns of the terminal that the standard output goes to; 80 when it is none.
---@return integer
function terminal.width() end

--- Reads a line with the system's readline: editing, history, completion.
---@param prompt string
---@param complete? function given the line up to the cursor and the word to complete, returns a
--- list of texts
---@return string? line nil at the end of the input
---@return string? reason "end" or "interrupted"
function terminal.readLine(prompt, complete) end

--- The name of the line-editing library in use, or nil when none is installed. The environment
--- variable CRESSET_READLINE names another one ("none" for none).
---@return string?
function terminal.readlineName() end

--- Adds an entry to the line editor's history.
---@param line string
function terminal.addHistory(line) end

--- Reads the line editor's history from a file.
---@param file string its path
---@return boolean success
function terminal.loadHistory(file) end

--- Writes the line editor's history to a file, the newest 10,000 lines.
---@param file string its path
---@return boolean success
function terminal.saveHistory(file) end

--- Makes Ctrl-C (SIGINT) raise the error "interrupted" in the code that runs, Lua or C. The cresset
--- command calls it; a library never should.
function terminal.catchInterrupts() end

--- Forgets a Ctrl-C that came too late for the code it was meant for.
function terminal.forgetInterrupts() end

return terminal
