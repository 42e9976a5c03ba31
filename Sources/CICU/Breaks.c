#include "CICU.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

struct anneal_icu_breaks {
  UBreakIterator *iterator;
  UText text;
};

static UBreakIteratorType kind_of(int kind) {
  switch (kind) {
    case ANNEAL_BREAK_WORD: return UBRK_WORD;
    case ANNEAL_BREAK_SENTENCE: return UBRK_SENTENCE;
    default: return UBRK_CHARACTER;
  }
}

anneal_icu_breaks *anneal_icu_breaks_open(int kind, const char *locale) {
  anneal_icu_breaks *breaks = malloc(sizeof *breaks);
  if (!breaks) return NULL;
  UErrorCode status = U_ZERO_ERROR;
  const UText empty = UTEXT_INITIALIZER;
  breaks->text = empty;
  breaks->iterator = ubrk_open(kind_of(kind), locale, NULL, 0, &status);
  if (U_FAILURE(status)) {
    free(breaks);
    return NULL;
  }
  return breaks;
}

int anneal_icu_breaks_begin(anneal_icu_breaks *breaks, const uint8_t *text, int32_t length) {
  UErrorCode status = U_ZERO_ERROR;
  utext_openUTF8(&breaks->text, (const char *)text, length, &status);
  ubrk_setUText(breaks->iterator, &breaks->text, &status);
  if (U_FAILURE(status)) return -1;
  ubrk_first(breaks->iterator);
  return 0;
}

int32_t anneal_icu_breaks_next(anneal_icu_breaks *breaks, int32_t *status) {
  int32_t boundary = ubrk_next(breaks->iterator);
  if (boundary == UBRK_DONE) return -1;
  *status = ubrk_getRuleStatus(breaks->iterator);
  return boundary;
}
