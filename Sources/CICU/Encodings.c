#include "CICU.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucsdet.h>

enum { PIVOT = 4096 };

struct anneal_icu_converter {
  UConverter *source;
  UConverter *target;
  UChar pivot[PIVOT];
  UChar *pivot_source;
  UChar *pivot_target;
  UBool fresh;
};

int anneal_icu_detect(const uint8_t *bytes, int32_t length, char *name, int32_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  UCharsetDetector *detector = ucsdet_open(&status);
  if (U_FAILURE(status)) return 0;
  ucsdet_setText(detector, (const char *)bytes, length, &status);
  const UCharsetMatch *match = ucsdet_detect(detector, &status);
  int confidence = 0;
  if (U_SUCCESS(status) && match) {
    const char *found = ucsdet_getName(match, &status);
    if (U_SUCCESS(status) && (int32_t)strlen(found) < capacity) {
      strcpy(name, found);
      confidence = ucsdet_getConfidence(match, &status);
    }
  }
  ucsdet_close(detector);
  return confidence;
}

anneal_icu_converter *anneal_icu_converter_open(const char *encoding) {
  anneal_icu_converter *converter = malloc(sizeof *converter);
  if (!converter) return NULL;
  UErrorCode status = U_ZERO_ERROR;
  converter->source = ucnv_open(encoding, &status);
  converter->target = ucnv_open("UTF-8", &status);
  if (U_SUCCESS(status)) {
    // The default would put U+FFFD in place of what cannot be read, silently.
    ucnv_setToUCallBack(converter->source, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
  }
  converter->pivot_source = converter->pivot_target = converter->pivot;
  converter->fresh = 1;
  if (U_FAILURE(status)) {
    anneal_icu_converter_close(converter);
    return NULL;
  }
  return converter;
}

// ICU's own substitution puts U+001A for single bytes of some encodings.
static void replace(const void *context, UConverterToUnicodeArgs *args, const char *units,
                    int32_t length, UConverterCallbackReason reason, UErrorCode *status) {
  (void)context, (void)units, (void)length;
  if (reason > UCNV_IRREGULAR) return;
  const UChar mark = 0xFFFD;
  *status = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(args, &mark, 1, 0, status);
}

void anneal_icu_converter_replace(anneal_icu_converter *converter) {
  UErrorCode status = U_ZERO_ERROR;
  ucnv_setToUCallBack(converter->source, replace, NULL, NULL, NULL, &status);
}

void anneal_icu_converter_close(anneal_icu_converter *converter) {
  ucnv_close(converter->source);
  ucnv_close(converter->target);
  free(converter);
}

int anneal_icu_convert(anneal_icu_converter *converter, const uint8_t *source, size_t length,
                       uint8_t *target, size_t capacity, int flush, size_t *read,
                       size_t *written) {
  UErrorCode status = U_ZERO_ERROR;
  const char *from = (const char *)source;
  char *to = (char *)target;
  ucnv_convertEx(converter->target, converter->source, &to, to + capacity, &from, from + length,
                 converter->pivot, &converter->pivot_source, &converter->pivot_target,
                 converter->pivot + PIVOT, converter->fresh, flush ? 1 : 0, &status);
  converter->fresh = 0;
  *read = (size_t)(from - (const char *)source);
  *written = (size_t)(to - (char *)target);
  if (status == U_BUFFER_OVERFLOW_ERROR) return ANNEAL_CONVERT_FULL;
  return U_FAILURE(status) ? ANNEAL_CONVERT_FAULT : ANNEAL_CONVERT_DONE;
}
