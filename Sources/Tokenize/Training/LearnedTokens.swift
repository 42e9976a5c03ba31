import Records

/// The tokens and merges of a byte-pair vocabulary in the making.
struct LearnedTokens {
  private(set) var tokens = ByteStringTable()
  private(set) var merges: [(left: Int32, right: Int32)] = []
  let specialTokens: [String]
  /// What a token inside words begins with; it goes when another token is put in front.
  private let prefix: [UInt8]

  /// Begins with the special tokens.
  init(specialTokens: [String], prefix: String) {
    var tokens = ByteStringTable()
    self.specialTokens = specialTokens.filter { tokens.insert(Array($0.utf8)).isNew }
    self.tokens = tokens
    self.prefix = Array(prefix.utf8)
  }

  /// The number of tokens.
  var count: Int { tokens.count }

  /// Adds a token unless it is there, and says its id.
  mutating func add(_ token: [UInt8]) -> Int32 { Int32(tokens.insert(token).index) }

  /// Whether there is such a token.
  func contains(_ token: [UInt8]) -> Bool { tokens.index(of: token) != nil }

  /// Adds a merge of two tokens and says the id of the result, which may be there already.
  mutating func join(_ left: Int32, _ right: Int32) -> Int32 {
    merges.append((left, right))
    return add(joined(left, right))
  }

  /// What two tokens spell together.
  ///
  /// It stands alone, because a slice that lives on while a token is added has all tokens copied.
  private func joined(_ left: Int32, _ right: Int32) -> [UInt8] {
    let second = tokens[Int(right)]
    let rest = second.starts(with: prefix) ? second.dropFirst(prefix.count) : second
    return Array(tokens[Int(left)] + rest)
  }

  /// The model's part of tokenizer.json.
  func model(_ options: VocabularyOptions) -> TrainedModel {
    var bytes = Array(head(options).text.utf8.dropFirst().dropLast())
    bytes += ",\n\"vocab\": {".utf8
    TrainedList.append(count, to: &bytes) { "\(TrainedList.string(tokens[$0])): \($0)" }
    bytes += "}".utf8
    if options.model == .bpe {
      bytes += ",\n\"merges\": [".utf8
      TrainedList.append(merges.count, to: &bytes) { index in
        let (left, right) = merges[index]
        return
          "[\(TrainedList.string(tokens[Int(left)])), \(TrainedList.string(tokens[Int(right)]))]"
      }
      bytes += "]".utf8
    }
    return TrainedModel(specialTokens: specialTokens, members: bytes)
  }

  private func head(_ options: VocabularyOptions) -> JSONValue {
    let unknown = options.unknownTokenOrDefault.map(JSONValue.string) ?? .null
    func optional(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }
    guard options.model == .bpe else {
      return [
        "type": "WordPiece", "unk_token": unknown,
        "continuing_subword_prefix": .string(options.prefix), "max_input_chars_per_word": 100,
      ]
    }
    return [
      "type": "BPE", "dropout": nil, "unk_token": unknown,
      "continuing_subword_prefix": optional(options.prefix),
      "end_of_word_suffix": optional(options.suffix), "fuse_unk": false, "byte_fallback": false,
      "ignore_merges": false,
    ]
  }
}
