-- Written by record_files.py.
return {
  {
    name = "|b1",
    type = "torch.ByteTensor",
    values = { { 0, 1 }, { 1, 0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x01\x01\x00",
  },
  {
    name = "|i1",
    type = "torch.CharTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\xfed\x03",
  },
  {
    name = "|u1",
    type = "torch.ByteTensor",
    values = { { 1, 2 }, { 250, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x02\xfa\x03",
  },
  {
    name = "<i2",
    type = "torch.ShortTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x00\xfe\xffd\x00\x03"
      .. "\x00",
  },
  {
    name = "<i4",
    type = "torch.IntTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x00\x00\x00\xfe\xff"
      .. "\xff\xffd\x00\x00\x00\x03\x00\x00\x00",
  },
  {
    name = "<i8",
    type = "torch.LongTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x00\x00\x00\x00\x00"
      .. "\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xffd\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00"
      .. "\x00\x00\x00\x00\x00",
  },
  {
    name = "<u2",
    type = "torch.IntTensor",
    values = { { 1, 2 }, { 65535, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<u2', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x00\x02\x00\xff\xff"
      .. "\x03\x00",
  },
  {
    name = "<u4",
    type = "torch.LongTensor",
    values = { { 1, 2 }, { 4294967295, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<u4', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x00\x00\x00\x02\x00"
      .. "\x00\x00\xff\xff\xff\xff\x03\x00\x00\x00",
  },
  {
    name = "<u8",
    type = "torch.LongTensor",
    values = { { 1, 2 }, { 250, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<u8', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x01\x00\x00\x00\x00\x00"
      .. "\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\xfa\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00"
      .. "\x00\x00\x00\x00\x00",
  },
  {
    name = "<f2",
    type = "torch.FloatTensor",
    values = { { 1.5, -0.25 }, { 100.0, -0.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00>\x00\xb4@V\x00\x80",
  },
  {
    name = "<f4",
    type = "torch.FloatTensor",
    values = { { 1.5, -0.25 }, { 100.0, -0.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x00\xc0?\x00\x00\x80"
      .. "\xbe\x00\x00\xc8B\x00\x00\x00\x80",
  },
  {
    name = "<f8",
    type = "torch.DoubleTensor",
    values = { { 1.5, -0.25 }, { 100.0, -0.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x00\x00\x00\x00\x00"
      .. "\xf8?\x00\x00\x00\x00\x00\x00\xd0\xbf\x00\x00\x00\x00\x00\x00Y@\x00\x00\x00\x00\x00"
      .. "\x00\x00\x80",
  },
  {
    name = ">i2",
    type = "torch.ShortTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x01\xff\xfe\x00d\x00"
      .. "\x03",
  },
  {
    name = ">i4",
    type = "torch.IntTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>i4', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x00\x00\x01\xff\xff"
      .. "\xff\xfe\x00\x00\x00d\x00\x00\x00\x03",
  },
  {
    name = ">i8",
    type = "torch.LongTensor",
    values = { { 1, -2 }, { 100, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>i8', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x00\x00\x00\x00\x00"
      .. "\x00\x01\xff\xff\xff\xff\xff\xff\xff\xfe\x00\x00\x00\x00\x00\x00\x00d\x00\x00\x00"
      .. "\x00\x00\x00\x00\x03",
  },
  {
    name = ">u2",
    type = "torch.IntTensor",
    values = { { 1, 2 }, { 65535, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>u2', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x01\x00\x02\xff\xff"
      .. "\x00\x03",
  },
  {
    name = ">u4",
    type = "torch.LongTensor",
    values = { { 1, 2 }, { 4294967295, 3 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>u4', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a\x00\x00\x00\x01\x00\x00"
      .. "\x00\x02\xff\xff\xff\xff\x00\x00\x00\x03",
  },
  {
    name = ">f2",
    type = "torch.FloatTensor",
    values = { { 1.5, -0.25 }, { 100.0, -0.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>f2', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a>\x00\xb4\x00V@\x80\x00",
  },
  {
    name = ">f4",
    type = "torch.FloatTensor",
    values = { { 1.5, -0.25 }, { 100.0, -0.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a?\xc0\x00\x00\xbe\x80\x00"
      .. "\x00B\xc8\x00\x00\x80\x00\x00\x00",
  },
  {
    name = ">f8",
    type = "torch.DoubleTensor",
    values = { { 1.5, -0.25 }, { 100.0, -0.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '>f8', 'fortran_order': False, 'shape': (2, 2), }   "
      .. "                                                       \x0a?\xf8\x00\x00\x00\x00\x00"
      .. "\x00\xbf\xd0\x00\x00\x00\x00\x00\x00@Y\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00\x00"
      .. "\x00\x00\x00",
  },
  {
    name = "half",
    type = "torch.FloatTensor",
    values = { 0.0,
      5.960464477539063e-08,
      6.097555160522461e-05, 65504.0, 1 / 0, -1 / 0, 0 / 0, 0.0999755859375 },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f2', 'fortran_order': False, 'shape': (8,), }     "
      .. "                                                       \x0a\x00\x00\x01\x00\xff\x03"
      .. "\xff{\x00|\x00\xfc\x00~f.",
  },
  {
    name = "Fortran's order",
    type = "torch.FloatTensor",
    values = { { 0.0, 1.0, 2.0 }, { 3.0, 4.0, 5.0 } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }    "
      .. "                                                       \x0a\x00\x00\x00\x00\x00\x00@"
      .. "@\x00\x00\x80?\x00\x00\x80@\x00\x00\x00@\x00\x00\xa0@",
  },
  {
    name = "three dimensions",
    type = "torch.IntTensor",
    values = { { { 0, 1 }, { 2, 3 } }, { { 4, 5 }, { 6, 7 } } },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2, 2), }"
      .. "                                                       \x0a\x00\x00\x00\x00\x01\x00"
      .. "\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00\x05\x00\x00\x00\x06\x00\x00"
      .. "\x00\x07\x00\x00\x00",
  },
  {
    name = "number",
    type = "torch.DoubleTensor",
    values = { 7.0 },
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (), }       "
      .. "                                                       \x0a\x00\x00\x00\x00\x00\x00"
      .. "\x1c@",
  },
  {
    name = "empty",
    type = "torch.FloatTensor",
    values = {},
    bytes = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }     "
      .. "                                                       \x0a",
  },
  {
    name = "version 2",
    type = "torch.IntTensor",
    values = { 1, 2 },
    bytes = "\x93NUMPY\x02\x00t\x00\x00\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2,)"
      .. ", }                                                          \x0a\x01\x00\x00\x00"
      .. "\x02\x00\x00\x00",
  },
  {
    name = "version 3",
    type = "torch.IntTensor",
    values = { 1, 2 },
    bytes = "\x93NUMPY\x03\x00t\x00\x00\x00{'descr': '<i4', 'fortran_order': False, 'shape': (2,)"
      .. ", }                                                          \x0a\x01\x00\x00\x00"
      .. "\x02\x00\x00\x00",
  },
}
