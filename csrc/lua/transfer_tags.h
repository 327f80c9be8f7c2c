/* The bytes that tell what follows in a parcel: pack.c writes them, unpack.c reads them. */
#ifndef CR_LUA_TRANSFER_TAGS_H
#define CR_LUA_TRANSFER_TAGS_H

enum {
  tag_nil = 'N',
  tag_false = 'F',
  tag_true = 'T',
  tag_integer = 'I',
  tag_number = 'D',
  tag_string = 'S',
  tag_again = 'R',  /* the number of a value that came before */
  tag_table = '{',  /* pairs, tag_end, the metatable */
  tag_object = 'O', /* the class's name, pairs, tag_end */
  tag_end = '}',
  tag_tensor = 'x',
  tag_storage = 's',
  tag_generator = 'g',
  tag_function = 'f', /* code, number of upvalues, their values */
  tag_named = 'n',    /* how many names; a module's, its field's, ... */
};

#endif
