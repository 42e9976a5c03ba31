#pragma once
#include <stddef.h>
#include <stdint.h>

// A small face of ICU in types of stdint alone: ICU's own headers must never reach Swift, where
// they clash with Foundation's copy of ICU. Texts are UTF-8 with a length, never NUL-terminated.

// MARK: Normalisation

enum { ANNEAL_NFC = 0, ANNEAL_NFD = 1, ANNEAL_NFKC = 2, ANNEAL_NFKD = 3 };

/// Normalises a text. Returns 0 where it already is, 1 where `*result` holds the new text (to be
/// released with free), -1 where memory ran out.
int anneal_icu_normalize(int form, const uint8_t *text, int32_t length, uint8_t **result,
                         int32_t *result_length);

// MARK: Boundaries

enum { ANNEAL_BREAK_WORD = 0, ANNEAL_BREAK_SENTENCE = 1, ANNEAL_BREAK_GRAPHEME = 2 };

typedef struct anneal_icu_breaks anneal_icu_breaks;

/// Opens an iterator for a kind of boundary and a locale ("" is the root), which stays open; NULL where ICU
/// cannot.
anneal_icu_breaks *anneal_icu_breaks_open(int kind, const char *locale);
/// Begins a text, which must stay in place until the last `next`. Returns 0, or -1 on failure.
int anneal_icu_breaks_begin(anneal_icu_breaks *breaks, const uint8_t *text, int32_t length);
/// The byte offset of the next boundary, -1 at the end; `*status` tells what lies before it (word
/// iterators: 0-99 no word, 100-199 number, 200-299 letters, 300-399 kana, 400-499 ideographs).
int32_t anneal_icu_breaks_next(anneal_icu_breaks *breaks, int32_t *status);

// MARK: Encodings

/// Writes the likeliest encoding's name into `name` and returns ICU's confidence, 0 to 100.
int anneal_icu_detect(const uint8_t *bytes, int32_t length, char *name, int32_t capacity);

typedef struct anneal_icu_converter anneal_icu_converter;

/// Opens a converter from an encoding to UTF-8; NULL where ICU does not know the name.
anneal_icu_converter *anneal_icu_converter_open(const char *encoding);
/// Makes a converter put U+FFFD for what is no text of the encoding, where it would say FAULT.
void anneal_icu_converter_replace(anneal_icu_converter *converter);
void anneal_icu_converter_close(anneal_icu_converter *converter);

enum { ANNEAL_CONVERT_DONE = 0, ANNEAL_CONVERT_FULL = 1, ANNEAL_CONVERT_FAULT = 2 };

/// Converts the next bytes; `flush` says that none follow. Sets how many were read and written.
/// FULL: call again with the rest. FAULT: the bytes up to `*read` hold no text of the encoding.
int anneal_icu_convert(anneal_icu_converter *converter, const uint8_t *source, size_t length,
                       uint8_t *target, size_t capacity, int flush, size_t *read, size_t *written);
