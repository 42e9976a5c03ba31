#include "CICU.h"

#include <unicode/uchar.h>

const char *anneal_icu_unicode_version(void) { return U_UNICODE_VERSION; }
