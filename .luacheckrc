std = "lua54"
max_line_length = 100
cache = false
exclude_files = { "build", "out" }
files["spec"] = { std = "+busted" }
-- Stubs: functions without bodies, for editors and for help().
files["lua/cresset/meta"] = { ignore = { "121", "122", "131", "212", "241" } }
files["rockspec"] = {
  globals = {
    "rockspec_format", "package", "version", "source", "description", "supported_platforms",
    "dependencies", "build",
  },
  ignore = { "131" },
}
