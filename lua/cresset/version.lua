--- The version of cresset, as a string.
return "0.1.0-dev"
