#pragma once
#include <stdbool.h>

/// Loads OpenBLAS after choosing the kernels for this processor. Returns false where it is missing.
bool anneal_openblas_load(void);
