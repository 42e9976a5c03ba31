#include "CICU.h"

#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static const UNormalizer2 *normalizer(int form, UErrorCode *status) {
  switch (form) {
    case ANNEAL_NFC: return unorm2_getNFCInstance(status);
    case ANNEAL_NFD: return unorm2_getNFDInstance(status);
    case ANNEAL_NFKC: return unorm2_getNFKCInstance(status);
    default: return unorm2_getNFKDInstance(status);
  }
}

// Normalises UTF-16, growing the buffer as long as ICU asks for more. Returns NULL on failure.
static UChar *normalize16(const UNormalizer2 *how, const UChar *text, int32_t length,
                          int32_t *result_length) {
  int32_t capacity = length + length / 2 + 16;
  for (;;) {
    UChar *buffer = malloc((size_t)capacity * sizeof(UChar));
    if (!buffer) return NULL;
    UErrorCode status = U_ZERO_ERROR;
    int32_t needed = unorm2_normalize(how, text, length, buffer, capacity, &status);
    if (U_SUCCESS(status)) {
      *result_length = needed;
      return buffer;
    }
    free(buffer);
    if (status != U_BUFFER_OVERFLOW_ERROR || needed <= capacity) return NULL;
    capacity = needed;
  }
}

static int to_utf8(const UChar *text, int32_t length, uint8_t **result, int32_t *result_length) {
  // A UTF-16 unit takes at most three bytes.
  int64_t capacity = 3 * (int64_t)length + 1;
  if (capacity > INT32_MAX) return -1;
  char *bytes = malloc((size_t)capacity);
  if (!bytes) return -1;
  UErrorCode status = U_ZERO_ERROR;
  u_strToUTF8(bytes, (int32_t)capacity, result_length, text, length, &status);
  if (U_FAILURE(status)) {
    free(bytes);
    return -1;
  }
  *result = (uint8_t *)bytes;
  return 1;
}

int anneal_icu_normalize(int form, const uint8_t *text, int32_t length, uint8_t **result,
                         int32_t *result_length) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *how = normalizer(form, &status);
  UChar *wide = malloc(((size_t)length + 1) * sizeof(UChar));
  int32_t wide_length = 0;
  if (!wide) return -1;
  u_strFromUTF8(wide, length + 1, &wide_length, (const char *)text, length, &status);
  if (U_FAILURE(status)) {
    free(wide);
    return -1;
  }
  int32_t sound = unorm2_spanQuickCheckYes(how, wide, wide_length, &status);
  if (U_SUCCESS(status) && sound == wide_length) {
    free(wide);
    return 0;
  }
  int32_t new_length = 0;
  UChar *normal = normalize16(how, wide, wide_length, &new_length);
  free(wide);
  if (!normal) return -1;
  int outcome = to_utf8(normal, new_length, result, result_length);
  free(normal);
  return outcome;
}
