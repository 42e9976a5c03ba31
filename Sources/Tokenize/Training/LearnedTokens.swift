import Records

/// The tokens and merges of a vocabulary in the making, spelled in GPT-2's alphabet.
struct LearnedTokens {
  private var tokens = ByteStringTable()
  private var merges: [(left: Int32, right: Int32)] = []
  private let specialTokens: [String]
  /// The ids of the 256 bytes.
  let byteIds: [Int32]

  /// Begins with the special tokens and then the alphabet in the order of its code points.
  init(specialTokens: [String]) {
    var tokens = ByteStringTable()
    var distinct: [String] = []
    for token in specialTokens where tokens.insert(Array(token.utf8)).isNew {
      distinct.append(token)
    }
    let bytes = (0..<256).sorted { ByteAlphabet.scalars[$0] < ByteAlphabet.scalars[$1] }
    var ids = [Int32](repeating: 0, count: 256)
    for byte in bytes {
      ids[byte] = Int32(tokens.insert(ByteAlphabet.encode([UInt8(byte)])).index)
    }
    self.tokens = tokens
    self.specialTokens = distinct
    byteIds = ids
  }

  /// The number of tokens.
  var count: Int { tokens.count }

  /// Adds the merge of two tokens and says the id of the result, which may be there already.
  mutating func join(_ left: Int32, _ right: Int32) -> Int32 {
    merges.append((left, right))
    return Int32(tokens.insert(Array(tokens[Int(left)] + tokens[Int(right)])).index)
  }

  /// The tokenizer.json of a byte-level tokenizer with these tokens, one token and one merge a line.
  func json() -> [UInt8] {
    let added = specialTokens.enumerated().map {
      AddedToken(id: Int32($0.offset), content: $0.element).json
    }
    var bytes: [UInt8] = []
    bytes += #"{"version": "1.0", "truncation": null, "padding": null,"#.utf8
    bytes += "\n\"added_tokens\": \(JSONValue.array(added).text),".utf8
    bytes += "\n\"normalizer\": null, \"pre_tokenizer\": \(Self.byteLevel.text),".utf8
    bytes += "\n\"post_processor\": \(Self.byteLevel.text),".utf8
    bytes += "\n\"decoder\": \(Self.byteLevel.text),\n\"model\": ".utf8
    bytes += Self.modelOptions.text.utf8.dropLast()
    bytes += ",\n\"vocab\": {".utf8
    append(count, to: &bytes) { "\(json($0)): \($0)" }
    bytes += "},\n\"merges\": [".utf8
    append(merges.count, to: &bytes) {
      "[\(json(Int(merges[$0].left))), \(json(Int(merges[$0].right)))]"
    }
    bytes += "]}}\n".utf8
    return bytes
  }

  private func append(_ count: Int, to bytes: inout [UInt8], _ line: (Int) -> String) {
    for index in 0..<count { bytes += ((index == 0 ? "\n" : ",\n") + line(index)).utf8 }
  }

  private func json(_ id: Int) -> String {
    JSONValue.string(String(decoding: tokens[id], as: UTF8.self)).text
  }

  private static let byteLevel: JSONValue = [
    "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true,
  ]

  private static let modelOptions: JSONValue = [
    "type": "BPE", "dropout": nil, "unk_token": nil, "continuing_subword_prefix": nil,
    "end_of_word_suffix": nil, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
  ]
}
