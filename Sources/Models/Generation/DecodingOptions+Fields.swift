public import Records
import Stages

extension DecodingOptions {
  /// Reads the defaults of a model folder.
  ///
  /// They are those of `generation_config.json`, or where there is none, of `config.json`, which also
  /// names the end token where the first does not.
  /// - Throws: `ModelError` for a file that is no JSON object, or a field that makes no sense.
  public init(folder: String) throws(ModelError) {
    self.init()
    let configuration = try ModelConfiguration(folder: folder)
    let file = folder + "/generation_config.json"
    guard Folders.exists(file) else {
      try apply(configuration.fields, file: configuration.file)
      return
    }
    guard let fields = try ModelFiles.json(file).object else {
      throw ModelError(.corrupt, file: file, problem: "is not an object")
    }
    if let end = configuration.fields["eos_token_id"] {
      try apply(["eos_token_id": end], file: configuration.file)
    }
    try apply(fields, file: file)
  }

  /// Takes over the fields that transformers names, also as `max-new-tokens`; others are passed over.
  ///
  /// `null` leaves a field as it is.
  /// - Throws: `ModelError.invalid` naming the file and the field.
  public mutating func apply(_ fields: JSONObject, file: String) throws(ModelError) {
    for (name, field) in Self.fields {
      let spelled = name.split(separator: "_").joined(separator: "-")
      guard let value = fields[name] ?? fields[spelled], !value.isNull else { continue }
      guard field.read(value, &self) else {
        throw ModelError(
          .invalid, file: file, problem: "\(name) is \(value.text), expected \(field.expected)")
      }
    }
  }

  /// Where each field of transformers goes.
  private static var fields: [(name: String, field: Field)] {
    [
      ("max_new_tokens", .limit(\.maxNewTokens)), ("max_length", .limit(\.maxLength)),
      ("min_new_tokens", .limit(\.minNewTokens)), ("min_length", .count(\.minLength)),
      ("num_beams", .count(\.numBeams)), ("num_return_sequences", .count(\.numReturnSequences)),
      ("length_penalty", .number(\.lengthPenalty)), ("early_stopping", .stopping),
      ("do_sample", .flag(\.doSample)), ("temperature", .number(\.temperature)),
      ("top_k", .count(\.topK)), ("top_p", .number(\.topP)),
      ("repetition_penalty", .number(\.repetitionPenalty)),
      ("no_repeat_ngram_size", .count(\.noRepeatNgramSize)),
      ("bad_words_ids", .words(\.badWordsIds)), ("forced_bos_token_id", .token),
      ("forced_eos_token_id", .tokens(\.forcedEosTokenId)),
      ("suppress_tokens", .tokens(\.suppressTokens)),
      ("begin_suppress_tokens", .tokens(\.beginSuppressTokens)),
      ("eos_token_id", .tokens(\.eosTokenId)), ("stop_strings", .texts(\.stopStrings)),
    ]
  }
}

/// One field of a file: its kind and its place in the options.
private enum Field {
  case count(WritableKeyPath<DecodingOptions, Int>)
  case limit(WritableKeyPath<DecodingOptions, Int?>)
  case number(WritableKeyPath<DecodingOptions, Double>)
  case flag(WritableKeyPath<DecodingOptions, Bool>)
  case token
  case tokens(WritableKeyPath<DecodingOptions, [Int32]>)
  case words(WritableKeyPath<DecodingOptions, [[Int32]]>)
  case texts(WritableKeyPath<DecodingOptions, [String]>)
  case stopping

  /// What a person is told to write.
  var expected: String {
    switch self {
    case .count, .limit: "a whole number from 0 up"
    case .number: "a number"
    case .flag: "true or false"
    case .token: "a token id"
    case .tokens: "a token id or a list of them"
    case .words: "a list of lists of token ids"
    case .texts: "a text or a list of them"
    case .stopping: "true, false or \"never\""
    }
  }

  /// Puts a value into its place; false where it is of another kind.
  func read(_ value: JSONValue, _ options: inout DecodingOptions) -> Bool {
    switch self {
    case .count(let place): Self.put(Self.count(value), &options[keyPath: place])
    case .limit(let place): Self.put(Self.count(value).map { .some($0) }, &options[keyPath: place])
    case .number(let place):
      Self.put(value.double.flatMap { $0.isFinite ? $0 : nil }, &options[keyPath: place])
    case .flag(let place): Self.put(value.bool, &options[keyPath: place])
    case .token: Self.put(Self.token(value).map { .some($0) }, &options.forcedBosTokenId)
    case .tokens(let place): Self.put(Self.tokens(value), &options[keyPath: place])
    case .words(let place): Self.put(Self.list(value, Self.tokens), &options[keyPath: place])
    case .texts(let place):
      Self.put(value.string.map { [$0] } ?? Self.list(value, \.string), &options[keyPath: place])
    case .stopping: Self.put(Self.stopping(value), &options.earlyStopping)
    }
  }

  private static func put<Value>(_ value: Value?, _ place: inout Value) -> Bool {
    guard let value else { return false }
    place = value
    return true
  }

  private static func count(_ value: JSONValue) -> Int? {
    value.int.flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func token(_ value: JSONValue) -> Int32? {
    value.int.flatMap { Int32(exactly: $0) }.flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func tokens(_ value: JSONValue) -> [Int32]? {
    token(value).map { [$0] } ?? list(value, token)
  }

  private static func list<Element>(
    _ value: JSONValue, _ read: (JSONValue) -> Element?
  ) -> [Element]? {
    guard let array = value.array else { return nil }
    let elements = array.compactMap(read)
    return elements.count == array.count ? elements : nil
  }

  private static func stopping(_ value: JSONValue) -> DecodingOptions.EarlyStopping? {
    if value.string == "never" { return .never }
    return value.bool.map { $0 ? .whenFull : .heuristic }
  }
}
