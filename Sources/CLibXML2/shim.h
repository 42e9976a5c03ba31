// Debian's libxml2 headers pull in ICU's, which clash with Foundation's own copy of ICU. The only
// struct affected (xmlCharEncodingHandler) is never used by value here, so the include is cut off.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>
#include <libxml/xpath.h>
