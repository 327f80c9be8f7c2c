--- The digits as pictures of 7 x 12 pixels, whose 84 pixels are the codes of LeNet-5's output
-- (LeCun et al. 1998, section II.C and figure 3: stylized pictures, since similar shapes then have
-- similar codes; these are drawn anew).
local digits = {
  { "       ", "  ###  ", " ## ## ", "##   ##", "##   ##", "##   ##", "##   ##", "##   ##",
    " ## ## ", "  ###  ", "       ", "       " },
  { "       ", "   ##  ", "  ###  ", " ####  ", "   ##  ", "   ##  ", "   ##  ", "   ##  ",
    "   ##  ", " ##### ", "       ", "       " },
  { "       ", " ##### ", "##   ##", "     ##", "    ## ", "   ##  ", "  ##   ", " ##    ",
    "##     ", "#######", "       ", "       " },
  { "       ", "#######", "     ##", "    ## ", "   ##  ", "  #### ", "     ##", "     ##",
    "##   ##", " ##### ", "       ", "       " },
  { "       ", "    ## ", "   ### ", "  #### ", " ## ## ", "##  ## ", "#######", "    ## ",
    "    ## ", "    ## ", "       ", "       " },
  { "       ", "#######", "##     ", "##     ", "###### ", "     ##", "     ##", "     ##",
    "##   ##", " ##### ", "       ", "       " },
  { "       ", "  #### ", " ##    ", "##     ", "##     ", "###### ", "##   ##", "##   ##",
    "##   ##", " ##### ", "       ", "       " },
  { "       ", "#######", "     ##", "     ##", "    ## ", "    ## ", "   ##  ", "   ##  ",
    "  ##   ", "  ##   ", "       ", "       " },
  { "       ", " ##### ", "##   ##", "##   ##", "##   ##", " ##### ", "##   ##", "##   ##",
    "##   ##", " ##### ", "       ", "       " },
  { "       ", " ##### ", "##   ##", "##   ##", "##   ##", " ######", "     ##", "     ##",
    "    ## ", " ####  ", "       ", "       " },
}

--- The codes as rows of +1 (ink) and -1: a list of ten lists of 84 numbers.
return function()
  local codes = {}
  for digit, picture in ipairs(digits) do
    local code = {}
    for pixel in table.concat(picture):gmatch(".") do
      code[#code + 1] = pixel == "#" and 1 or -1
    end
    codes[digit] = code
  end
  return codes
end
