/// What a filter, a test or a method takes, so that a call with too much or too little is refused as Python refuses
/// it.
struct JinjaSignature: Sendable, ExpressibleByStringLiteral {
  private let names: [String]
  private let required: Int
  /// Whether what is given must stand at its place, and not behind a name.
  private let isByPlace: Bool

  /// Reads `old new count?`: what has no question mark must be given; a `/` at the end says that nothing is given by
  /// its name.
  init(stringLiteral text: StaticString) {
    var words = "\(text)".split(separator: " ").map { String($0) }
    isByPlace = words.last == "/"
    if isByPlace { words.removeLast() }
    required = words.prefix { !$0.hasSuffix("?") }.count
    names = words.map { $0.hasSuffix("?") ? String($0.dropLast()) : $0 }
  }

  /// Refuses arguments that do not fit.
  func check(_ arguments: JinjaArguments, of name: String) throws(ChatTemplateError) {
    let count = arguments.positional.count
    guard count <= names.count else {
      throw .value("'\(name)' takes at most \(names.count) arguments, not \(count)")
    }
    for (place, argument) in arguments.keyword.enumerated() {
      guard !isByPlace, let parameter = names.firstIndex(of: argument.name) else {
        throw .value("'\(name)' takes no argument '\(argument.name)'")
      }
      guard parameter >= count,
        !arguments.keyword[..<place].contains(where: { $0.name == argument.name })
      else { throw .value("'\(name)' is given '\(argument.name)' twice") }
    }
    for parameter in names[..<required].dropFirst(count)
    where !arguments.keyword.contains(where: { $0.name == parameter }) {
      throw .value("the argument '\(parameter)' of '\(name)' is missing")
    }
  }
}

extension JinjaFilters {
  /// What filters take behind the value; those that are not named take anything.
  static let signatures: [String: JinjaSignature] = [
    "abs": "", "attr": "name", "batch": "linecount fill_with?", "capitalize": "",
    "center": "width?", "count": "", "d": "default_value? boolean?",
    "default": "default_value? boolean?", "dictsort": "case_sensitive? by? reverse?", "e": "",
    "escape": "", "first": "", "float": "default?",
    "forceescape": "", "groupby": "attribute default? case_sensitive?",
    "indent": "width? first? blank?", "int": "default? base?", "items": "",
    "join": "d? attribute?", "last": "", "length": "", "list": "", "lower": "",
    "max": "case_sensitive? attribute?", "min": "case_sensitive? attribute?",
    "replace": "old new count?", "reverse": "", "round": "precision? method?", "safe": "",
    "slice": "slices fill_with?", "sort": "reverse? case_sensitive? attribute?", "string": "",
    "sum": "attribute? start?", "title": "",
    "tojson": "ensure_ascii? indent? separators? sort_keys?", "trim": "chars?",
    "truncate": "length? killwords? end? leeway?", "unique": "case_sensitive? attribute?",
    "upper": "", "urlencode": "", "wordcount": "",
  ]
}

extension JinjaTests {
  /// What tests take behind the value; those that are not named take nothing.
  static let signatures: [String: JinjaSignature] = [
    "divisibleby": "num", "in": "seq", "sameas": "other", "eq": "b /", "equalto": "b /",
    "==": "b /", "ne": "b /", "!=": "b /", "lt": "b /", "lessthan": "b /", "<": "b /",
    "le": "b /", "<=": "b /", "gt": "b /", "greaterthan": "b /", ">": "b /", "ge": "b /",
    ">=": "b /",
  ]
}

extension JinjaMethods {
  /// What methods of strings take; those that are not named take nothing, and `format` anything.
  static let textSignatures: [String: JinjaSignature] = [
    "strip": "chars? /", "lstrip": "chars? /", "rstrip": "chars? /",
    "split": "sep? maxsplit?", "rsplit": "sep? maxsplit?", "splitlines": "keepends?",
    "replace": "old new count? /", "startswith": "prefix start? end? /",
    "endswith": "suffix start? end? /", "find": "sub start? end? /", "rfind": "sub start? end? /",
    "index": "sub start? end? /", "rindex": "sub start? end? /", "count": "sub start? end? /",
    "join": "iterable /", "partition": "sep /", "rpartition": "sep /", "zfill": "width /",
    "ljust": "width fillchar? /", "rjust": "width fillchar? /", "center": "width fillchar? /",
    "removeprefix": "prefix /", "removesuffix": "suffix /", "expandtabs": "tabsize?",
  ]

  /// What methods of dictionaries and lists take; those that are not named take nothing.
  static let collectionSignatures: [String: JinjaSignature] = [
    "get": "key default? /", "count": "value /", "index": "value start? stop? /",
  ]
}
