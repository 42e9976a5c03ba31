#pragma once
#include <stddef.h>
#include <stdint.h>

/// The Unicode version of the ICU library in use, such as "15.0".
const char *anneal_icu_unicode_version(void);
