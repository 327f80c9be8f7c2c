--- Raises what went wrong in a container's layer; a message gets the place in front:
-- "nn.Sequential[2] nn.Linear(10 -> 5): ...".
return function(container, index, message)
  if type(message) == "string" then
    local name = container.nameOf and container:nameOf(index) or index
    message = ("%s[%s] %s"):format(container.__typename, name, message)
  end
  error(message, 0)
end
