/* Files and folders: what Lua's own library lacks. */
#include "lua/glue.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char folder_type[] = "cresset.Folder";

/* The open folder belongs to a userdata, so that an error on the way closes it. */
static int folder_gc(lua_State *L) {
  DIR **box = luaL_testudata(L, 1, folder_type);
  if (box && *box) closedir(*box);
  if (box) *box = NULL;
  return 0;
}

/* dir(folder): the names in it, in no order; nil and the reason when it cannot be read. */
static int paths_dir(lua_State *L) {
  const char *name = cr_check_string(L, 1, "folder");
  DIR **box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = NULL;
  luaL_setmetatable(L, folder_type);
  *box = opendir(name);
  if (!*box) return luaL_fileresult(L, 0, name);
  lua_newtable(L);
  lua_Integer count = 0;
  for (struct dirent *entry; (entry = readdir(*box));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    lua_pushstring(L, entry->d_name);
    lua_rawseti(L, -2, ++count);
  }
  closedir(*box);
  *box = NULL;
  return 1;
}

static int push_is_mode(lua_State *L, mode_t wanted) {
  struct stat info;
  lua_pushboolean(L, stat(cr_check_string(L, 1, "path"), &info) == 0 &&
                         (info.st_mode & S_IFMT) == wanted);
  return 1;
}

static int paths_filep(lua_State *L) { return push_is_mode(L, S_IFREG); }

static int paths_dirp(lua_State *L) { return push_is_mode(L, S_IFDIR); }

/* mkdir(folder): makes it and the folders above it; true, or nil and the reason. */
static int paths_mkdir(lua_State *L) {
  const char *name = cr_check_string(L, 1, "folder");
  size_t length = strlen(name);
  char *path = lua_newuserdatauv(L, length + 1, 0);
  memcpy(path, name, length + 1);
  for (size_t i = 1; i <= length; i++) {
    char here = path[i];
    if (here != '/' && here != '\0') continue;
    path[i] = '\0';
    struct stat info;
    bool exists = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    if (!exists && mkdir(path, 0777) != 0 && errno != EEXIST) return luaL_fileresult(L, 0, path);
    path[i] = here;
  }
  struct stat info;
  bool made = length > 0 && stat(name, &info) == 0 && S_ISDIR(info.st_mode);
  if (!made) errno = length > 0 ? ENOTDIR : ENOENT;
  return luaL_fileresult(L, made, name);
}

static const luaL_Reg functions[] = {
    {"dir", paths_dir},     {"filep", paths_filep}, {"dirp", paths_dirp},
    {"mkdir", paths_mkdir}, {NULL, NULL},
};

void cr_open_paths(lua_State *L) {
  luaL_newmetatable(L, folder_type);
  lua_pushcfunction(L, folder_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_getsubtable(L, -1, "paths");
  cr_register(L, "paths.", functions);
  lua_pop(L, 1);
}
