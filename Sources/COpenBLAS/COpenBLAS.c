#include "COpenBLAS.h"

#include <dlfcn.h>
#include <stddef.h>

bool anneal_openblas_load(void) { return dlopen("libopenblas.so.0", RTLD_NOW) != NULL; }
