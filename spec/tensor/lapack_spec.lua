local cresset = require("cresset")

-- A matrix without symmetries; well conditioned for n up to 20: its diagonal dominates.
local function matrix(type_name, m, n)
  local t = cresset.DoubleTensor(m, n)
  for i = 1, m do
    for j = 1, n do t[i][j] = 37 * (i * n + j) % 101 / 50 - 1 + (i == j and 3 or 0) end
  end
  return t:type(type_name)
end

local function definite(type_name, n)
  local a = matrix(type_name, n, n)
  return cresset.mm(a, a:t())
end

local function assert_close(expected, actual, tolerance)
  assert.same(expected:size():totable(), actual:size():totable())
  local difference = 0
  local e, a = expected:double():contiguous():view(-1), actual:double():contiguous():view(-1)
  for i = 1, e:size(1) do difference = math.max(difference, math.abs(e[i] - a[i])) end
  assert.near(0, difference, tolerance)
end

local function eye(type_name, n) return cresset.eye(n):type(type_name) end

local function diagonal(v)
  local t = cresset.zeros(v:size(1), v:size(1)):type(v:type())
  for i = 1, v:size(1) do t[i][i] = v[i] end
  return t
end

local types = { ["torch.DoubleTensor"] = 1e-10, ["torch.FloatTensor"] = 2e-3 }

local function each(f)
  for name, tolerance in pairs(types) do
    for _, n in ipairs { 1, 2, 7, 20 } do f(name, n, tolerance) end
  end
end

describe("linear systems", function()
  it("are solved, and the inputs stay", function()
    each(function(name, n, tolerance)
      local a, b = matrix(name, n, n), matrix(name, n, 3)
      local kept = a:clone()
      for _, layout in ipairs { a, a:t():contiguous():t() } do
        assert_close(b, cresset.mm(a, (cresset.gesv(b, layout))), tolerance)
        assert_close(eye(name, n), cresset.mm(a, cresset.inverse(layout)), tolerance)
      end
      assert_close(kept, a, 0)
      local x, lu = cresset.Tensor():type(name), cresset.Tensor(2, 2):type(name)
      local rx, rlu = cresset.gesv(x, lu, b:select(2, 1), a)
      assert.equal(x, rx)
      assert.equal(lu, rlu)
      assert_close(b:narrow(2, 1, 1), cresset.mm(a, x), tolerance)
    end)
  end)

  it("give results with contiguous columns, as Torch7 documents", function()
    local a, b = matrix("torch.DoubleTensor", 4, 4), matrix("torch.DoubleTensor", 4, 2)
    local function columns(t) return t:stride(1) == 1 and t:stride(2) >= t:size(1) end
    local function new(...) return cresset.zeros(...):double() end
    for _ = 1, 2 do -- fresh results, then the same again
      for _, results in ipairs { { new(4, 2), new(4, 4) }, { new(3), new(1, 1) } } do
        for _ = 1, 2 do
          cresset.gesv(results[1], results[2], b, a)
          assert.is_true(columns(results[1]) and columns(results[2]))
          assert_close(b, cresset.mm(a, results[1]), 1e-10)
        end
      end
      local inverse = cresset.inverse(new(4, 4), a)
      assert.is_true(columns(inverse))
      assert_close(cresset.inverse(a), inverse, 1e-12)
    end
    local e, v = new(4), new(4, 4)
    cresset.symeig(e, v, definite("torch.DoubleTensor", 4), "V")
    assert.is_true(columns(v))
    local q, r = cresset.qr(new(4, 2), new(2, 2), b)
    assert.is_true(columns(q))
    assert_close(b, cresset.mm(q, r), 1e-12)
    -- A part of a larger matrix stays a part; its neighbours stay as they are.
    local whole = cresset.ones(6, 6):double():mul(9)
    local part = whole[{ { 2, 5 }, { 2, 3 } }]
    cresset.gesv(part, new(4, 4), b, a)
    assert_close(b, cresset.mm(a, part), 1e-10)
    part:fill(9)
    assert.equal(9 * 36, whole:sum())
  end)

  it("are solved in place", function()
    local a, b = matrix("torch.DoubleTensor", 4, 4), matrix("torch.DoubleTensor", 4, 2)
    local x, lu = b:clone(), a:clone()
    cresset.gesv(x, lu, x, lu)
    assert_close(b, cresset.mm(a, x), 1e-10)
  end)

  it("are triangular", function()
    each(function(name, n, tolerance)
      local a, b = matrix(name, n, n), matrix(name, n, 2)
      local upper = a:clone()
      for i = 2, n do for j = 1, i - 1 do upper[i][j] = 0 end end
      assert_close(b, cresset.mm(upper, (cresset.trtrs(b, a))), tolerance * 10)
      assert_close(b, cresset.mm(upper:t(), (cresset.trtrs(b, a, "U", "T"))), tolerance * 10)
    end)
  end)

  it("have least squares", function()
    for name, tolerance in pairs(types) do
      local a, b = matrix(name, 9, 4), matrix(name, 9, 2)
      local x = cresset.gels(b, a):narrow(1, 1, 4)
      local normal = cresset.gesv(cresset.mm(a:t(), b), cresset.mm(a:t(), a))
      assert_close(normal, x, tolerance)
      local wide = matrix(name, 4, 9)
      local y = cresset.gels(b:narrow(1, 1, 4), wide)
      assert.same({ 9, 2 }, y:size():totable())
      assert_close(b:narrow(1, 1, 4), cresset.mm(wide, y), tolerance)
    end
  end)

  it("say what is wrong with the matrix", function()
    local singular = cresset.Tensor { { 1, 2, 3 }, { 4, 5, 6 }, { 0, 0, 0 } }
    assert.has_error(function() cresset.gesv(cresset.ones(3), singular) end,
      "cresset.gesv: the matrix is singular: U(3,3) is zero")
    assert.has_error(function() singular:inverse() end,
      "Tensor:inverse: the matrix is singular: U(3,3) is zero")
    assert.equal(0, singular:det())
    assert.has_error(function() cresset.inverse(cresset.ones(3, 4)) end,
      "cresset.inverse: A must be a square matrix, got size 3x4")
    assert.has_error(function() cresset.gesv(cresset.ones(2), singular) end,
      "cresset.gesv: B must have as many rows as A, got sizes 2 and 3x3")
    assert.has_error(function() cresset.trtrs(cresset.ones(3), singular, "X") end,
      "cresset.trtrs: 'option' must be 'U' or 'L', got 'X'")
    assert.has_error(function() cresset.det(cresset.LongTensor(2, 2)) end)
    assert.has_error(function() cresset.det(cresset.Tensor()) end,
      "cresset.det: A must be a matrix, got a tensor of size empty")
  end)

  it("have determinants", function()
    assert.near(-2, cresset.Tensor({ { 1, 2 }, { 3, 4 } }):det(), 1e-5)
    assert.near(-1, cresset.Tensor({ { 0, 1 }, { 1, 0 } }):det(), 0)
    each(function(name, n, tolerance)
      local a = matrix(name, n, n)
      local _, r = cresset.qr(a)
      local product = 1
      for i = 1, n do product = product * r[i][i] end
      assert.near(1, math.abs(a:det() / product), tolerance)
    end)
  end)
end)

describe("Cholesky factors", function()
  it("multiply to the matrix, solve and invert", function()
    each(function(name, n, tolerance)
      local a, b = definite(name, n), matrix(name, n, 2)
      tolerance = tolerance * 20
      local u, l = cresset.potrf(a), cresset.potrf(a, "L")
      assert_close(a, cresset.mm(u:t(), u), tolerance)
      assert_close(a, cresset.mm(l, l:t()), tolerance)
      assert_close(b, cresset.mm(a, cresset.potrs(b, u)), tolerance)
      assert_close(b, cresset.mm(a, cresset.potrs(b, l, "L")), tolerance)
      assert_close(eye(name, n), cresset.mm(a, cresset.potri(u)), tolerance)
      assert_close(eye(name, n), cresset.mm(a, cresset.potri(l, "L")), tolerance)
    end)
  end)

  it("pivot", function()
    local a = definite("torch.DoubleTensor", 6)
    local u, pivots = cresset.pstrf(a)
    assert.equal("torch.IntTensor", pivots:type())
    local p = cresset.DoubleTensor(6, 6):fill(0)
    for k = 1, 6 do p[pivots[k]][k] = 1 end
    assert_close(cresset.mm(cresset.mm(p:t(), a), p), cresset.mm(u:t(), u), 1e-9)
  end)

  it("pivot of matrices without full rank", function()
    for name in pairs(types) do
      local b = matrix(name, 6, 2)
      local a = cresset.mm(b, b:t())
      for _, option in ipairs { "U", "L" } do
        local u, pivots = cresset.pstrf(a, option)
        if option == "L" then u = u:t() end
        for i = 3, 6 do assert.equal(0, u[i]:clone():abs():max()) end
        local order = pivots:long()
        assert_close(a:index(1, order):index(2, order), cresset.mm(u:t(), u), 1e-5)
      end
    end
    for _, rows in ipairs { { { -1, 0 }, { 0, -1 } }, { { 0, 1 }, { 1, 0 } },
      { { 4, 0 }, { 0, -1 } } } do
      local ok, message = pcall(cresset.pstrf, cresset.DoubleTensor(rows))
      assert.is_false(ok)
      assert.truthy(message:find("cresset.pstrf: the matrix is not positive semidefinite: after %d "
        .. "pivots %-?1 is left"), message)
    end
  end)

  it("name their arguments", function()
    assert.has_error(function() cresset.gesv(cresset.ones(2), cresset.DoubleTensor(2, 2)) end,
      "cresset.gesv: 'a' must be a torch.FloatTensor, got torch.DoubleTensor of size 2x2")
    assert.has_error(function() cresset.ormqr(cresset.ones(2, 2), cresset.ones(2), 1) end,
      "cresset.ormqr: 'mat' must be a torch.FloatTensor or torch.DoubleTensor, got 1")
    assert.has_error(function() cresset.potrs() end,
      "cresset.potrs: 'b' must be a torch.FloatTensor or torch.DoubleTensor, got nothing")
  end)

  it("need a positive definite matrix", function()
    assert.has_error(function() cresset.potrf(cresset.Tensor { { 1, 2 }, { 2, 1 } }) end,
      "cresset.potrf: the matrix is not positive definite: its leading minor of order 2 is not")
  end)
end)

describe("decompositions", function()
  it("into singular values", function()
    for name, tolerance in pairs(types) do
      for _, n in ipairs { { 3, 5 }, { 5, 3 }, { 4, 4 }, { 1, 3 } } do
        local a = matrix(name, n[1], n[2])
        local u, s, v = cresset.svd(a)
        assert_close(a, cresset.mm(cresset.mm(u, diagonal(s)), v:t()), tolerance)
        local all_u, _, all_v = cresset.svd(a, "A")
        assert_close(eye(name, n[1]), cresset.mm(all_u, all_u:t()), tolerance)
        assert_close(eye(name, n[2]), cresset.mm(all_v:t(), all_v), tolerance)
      end
    end
  end)

  it("into eigenvalues", function()
    each(function(name, n, tolerance)
      local a = definite(name, n)
      local e, v = cresset.symeig(a, "V")
      for i = 2, n do assert.is_true(e[i - 1] <= e[i]) end
      assert_close(cresset.mm(a, v), cresset.mm(v, diagonal(e)), tolerance * 20)
      assert_close(e, (cresset.symeig(a, "N", "L")), tolerance * 20)
    end)
    -- A rotation by a right angle turns no vector into its multiple.
    local e, v = cresset.eig(cresset.DoubleTensor { { 0, -1 }, { 1, 0 } }, "V")
    assert_close(cresset.DoubleTensor { { 0, 1 }, { 0, -1 } }, e, 1e-12)
    assert.same({ 2, 2 }, v:size():totable())
    local a = cresset.DoubleTensor { { 2, 1 }, { 0, 3 } }
    e, v = cresset.eig(a, "V")
    assert_close(cresset.mm(a, v), cresset.mm(v, diagonal(e:select(2, 1):clone())), 1e-12)
    assert.has_error(function() cresset.eig(cresset.Tensor { { 1, 0 / 0 }, { 0, 1 } }) end,
      "cresset.eig: the matrix has an element that is not finite, at (1,2)")
  end)

  it("into orthogonal and triangular factors", function()
    for name, tolerance in pairs(types) do
      for _, n in ipairs { { 3, 5 }, { 5, 3 }, { 4, 4 } } do
        local a, k = matrix(name, n[1], n[2]), math.min(n[1], n[2])
        local q, r = cresset.qr(a)
        assert_close(a, cresset.mm(q, r), tolerance)
        assert_close(eye(name, k), cresset.mm(q:t(), q), tolerance)
        for i = 2, k do for j = 1, i - 1 do assert.equal(0, r[i][j]) end end
        local reflectors, tau = cresset.geqrf(a)
        assert_close(q, cresset.orgqr(reflectors, tau), tolerance)
        local mat = matrix(name, n[1], 2)
        assert_close(cresset.mm(q:t(), mat),
          cresset.ormqr(reflectors, tau, mat, "L", "T"):narrow(1, 1, k), tolerance)
      end
    end
    assert.has_error(function() cresset.orgqr(cresset.ones(2, 3), cresset.ones(3)) end)
  end)
end)
