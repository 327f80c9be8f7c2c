local cresset = require("cresset")

local class, nn = cresset.class, cresset.nn

local function error_of(f, ...) return select(2, pcall(f, ...)) end

describe("a class", function()
  local Animal, Dog, animal_parent, dog_parent

  before_each(function()
    Animal, animal_parent = class("spec.Animal")
    function Animal:__init(name) self.name = name end
    function Animal:speak(word) return self.name .. " says " .. word end
    function Animal.legs(count) return count end
    Dog, dog_parent = class("spec.Dog", "spec.Animal")
    function Dog:__init(name)
      dog_parent.__init(self, name)
      self.tail = true
    end
  end)

  it("makes objects that have its methods and its parent's", function()
    local dog = Dog("Rex")
    assert.is_nil(animal_parent)
    assert.are.equal(Animal, dog_parent)
    assert.are.equal(Dog, getmetatable(dog))
    assert.are.equal("Rex says woof", dog:speak("woof"))
    assert.are.equal("Rex says woof", Dog.speak(dog, "woof"))
    assert.are.equal("spec.Dog", dog.__typename)
    assert.are.equal("spec.Dog", tostring(dog))
    assert.is_true(class.isA(dog, "spec.Animal"))
    assert.is_false(class.isA(Animal("Tom"), "spec.Dog"))
    assert.is_false(class.isA(setmetatable({}, {}), "spec.Dog"))
  end)

  it("refuses a self of another kind, naming the class and the method", function()
    assert.are.equal("spec.Animal:speak: 'self' must be a spec.Animal, got 5 "
      .. "(methods are called with ':')", error_of(Animal.speak, 5))
    assert.are.equal("spec.Animal:speak: 'self' must be a spec.Animal, got the string \"woof\" "
      .. "(methods are called with ':')", error_of(Dog.speak, "woof"))
    assert.are.equal("spec.Dog:__init: 'self' must be a spec.Dog, got a spec.Animal "
      .. "(methods are called with ':')", error_of(Dog.__init, Animal("Tom")))
    assert.are.equal("nn.Linear:noBias: 'self' must be an nn.Linear, got nil "
      .. "(methods are called with ':')", error_of(nn.Linear.noBias))
    assert.are.equal("nn.Module:forward: 'self' must be an nn.Module, got a torch.FloatTensor "
      .. "(methods are called with ':')", error_of(nn.Linear.forward, cresset.zeros(2)))
    assert.are.equal("spec.Dog:__tostring: 'self' must be a spec.Dog, got a table "
      .. "(methods are called with ':')", error_of(Dog.__tostring, {}))
  end)

  it("leaves functions without a self alone", function()
    assert.are.equal(4, Animal.legs(4))
    assert.are.equal(4, Dog.legs(4))
    assert.is_nil(Dog.nothing)
  end)

  it("takes new methods at any time, for objects and derived classes that exist", function()
    local dog = Dog("Rex")
    local before = Animal.speak
    function Animal:speak(word) return before(self, word) .. "!" end
    assert.are.equal("Rex says woof!", dog:speak("woof"))
    assert.are.equal("Rex says woof!", Dog.speak(dog, "woof"))
    function Dog:speak() return self.name and "wuff" end
    assert.are.equal("wuff", dog:speak("woof"))
    assert.are.equal("Rex says woof!", dog_parent.speak(dog, "woof"))
    Dog.speak = nil
    assert.are.equal("Rex says woof!", dog:speak("woof"))
    Dog.colour = "brown"
    assert.are.equal("brown", dog.colour)
  end)

  it("may borrow another class's method", function()
    local Robot = class("spec.Robot")
    Robot.speak = Animal.speak
    local robot = Robot()
    robot.name = "R2"
    assert.are.equal("R2 says beep", robot:speak("beep"))
    assert.are.equal("R2 says beep", Robot.speak(robot, "beep"))
    assert.are.equal("spec.Robot:speak: 'self' must be a spec.Robot, got nil "
      .. "(methods are called with ':')", error_of(Robot.speak))
  end)

  it("gives the same function each time it is asked for a method", function()
    assert.are.equal(Animal.speak, Animal.speak)
    assert.are.equal(Animal.speak, Dog.speak)
    assert.are.equal(Animal("Tom").speak, class.unguarded(Animal.speak))
  end)

  it("lists what is its own", function()
    local names = {}
    for name, value in pairs(Dog) do
      names[#names + 1] = name
      assert.are.equal(value, Dog[name])
    end
    table.sort(names)
    assert.are.same({ "__init", "__typename" }, names)
    assert.is_nil(class.own(Dog, "speak"))
    assert.are.equal(Animal.speak, class.own(Animal, "speak"))
    assert.are.equal(Animal, class.parentOf(Dog))
    assert.is_nil(class.own(5, "speak"))
    assert.is_nil(class.parentOf({}))
  end)

  it("serves operators by methods that are inherited, and by Lua's metamethods", function()
    function Animal:__add__(other) return self.name .. other.name end
    function Animal:__len__() return #self.name end
    function Animal:__call__(word) return self:speak(word) end
    Animal.__lt = function(a, b) return a.name < b.name end
    local tom, rex = Animal("Tom"), Dog("Rex")
    assert.are.equal("RexTom", rex + tom)
    assert.are.equal(3, #rex)
    assert.are.equal("Rex says hi", rex("hi"))
    assert.is_true(Animal("Al") < tom)
    assert.is_false(rex == tom)
    assert.are.equal("spec.Dog has no operator 'mul'", error_of(function() return rex * tom end)
      :match("spec%.Dog.*"))
  end)
end)
