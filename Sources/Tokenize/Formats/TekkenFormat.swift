import Foundation
import Records

/// Mistral's `tekken.json`: tokens in base64 with their ranks, the expression that cuts words, and the
/// special tokens, whose ids come before all others.
///
/// Source: `Tekkenizer` of mistral-common. What is no more than filled up there (`<SPECIAL_20>`) has its id
/// here, too, so that such ids decode.
enum TekkenFormat: TokenizerFormat {
  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard name.map(isName) ?? folder.has("tekken.json") else { return nil }
    let name = name ?? "tekken.json"
    var source = try folder.source([name])
    // A folder is looked through for this name alone.
    source.files[0].name = "tekken.json"
    let file = folder.file(name)
    let root = ComponentReader(
      value: try TokenizerFolder.parse(source.files[0].bytes, file: file), file: file, place: "")
    return Tokenizer(pipeline: try TekkenFile(root).pipeline(), source: source)
  }

  /// Whether a file is of this kind by its name, as `tekken.json` or `tekken_240911.json`.
  static func isName(_ name: String) -> Bool {
    name.hasPrefix("tekken") && name.hasSuffix(".json")
  }
}

/// The members of a `tekken.json`.
private struct TekkenFile {
  let root: ComponentReader
  /// How many ids special tokens take.
  let specials: Int
  /// How many of the ranks are tokens.
  let ranks: Int
  let pattern: SplitPattern

  init(_ root: ComponentReader) throws(TokenizerError) {
    self.root = root
    let config = try root.required("config")
    specials = try config.required("default_num_special_tokens").integer()
    let size = try config.required("default_vocab_size").integer()
    guard (0...1 << 20).contains(specials), (specials...1 << 24).contains(size) else {
      throw config.malformed(
        "\(specials) special tokens of \(size) tokens is no vocabulary",
        remedy: "fetch the file again")
    }
    ranks = size - specials
    pattern = try SplitPattern(
      expression: try config.required("pattern").string(), of: config, key: "pattern")
  }

  func pipeline() throws(TokenizerError) -> TokenizerPipeline {
    let (vocabulary, merges) = try tokens()
    let added = try special()
    var template = PostProcessing()
    if let first = added.first(where: { $0.content == "<s>" }) {
      template.single.insert(.special([first.id], typeId: 0), at: 0)
      template.pair =
        template.single + [.special([first.id], typeId: 1), .text(1, typeId: 1)]
      template.hasTemplate = true
    }
    return TokenizerPipeline(
      normalizer: nil, preTokenizer: SplitPreTokenizer(pattern),
      model: RankedBytes(vocabulary: vocabulary, merges: merges), postProcessing: template,
      decoder: BytesDecoder(), added: added, keepsAddedIds: true)
  }

  private func tokens() throws(TokenizerError) -> (Vocabulary, SpanMerges) {
    let listed = try root.required("vocab")
    var vocabulary = Vocabulary(capacity: ranks)
    var merges = SpanMerges(capacity: ranks)
    var count = 0
    for token in try listed.elements() {
      let rank = try token.required("rank").integer()
      guard rank < ranks else { continue }
      let text = try token.required("token_bytes").string()
      let id = Int32(specials + rank)
      guard let bytes = Data(base64Encoded: text), !bytes.isEmpty,
        vocabulary.insert(Array(bytes), id: id),
        merges.insert(Array(bytes), id: id, rank: Int32(rank))
      else {
        throw token.malformed(
          "'\(text)' is no token in base64 with a rank of its own", remedy: "fetch the file again")
      }
      count += 1
    }
    guard count == ranks, (UInt8.min...UInt8.max).allSatisfy({ vocabulary.id(of: [$0]) != nil })
    else {
      throw listed.malformed(
        "\(count) of \(ranks) tokens, and with them every byte, are wanted",
        remedy: "fetch the file again")
    }
    return (vocabulary, merges)
  }

  /// The special tokens by their ids; those that a file before version 11 leaves out are known.
  private func special() throws(TokenizerError) -> [AddedToken] {
    var names = (0..<specials).map { "<SPECIAL_\($0)>" }
    if let listed = root.member("special_tokens") {
      var ranks: Set<Int> = []
      for token in try listed.elements() {
        let rank = try token.required("rank").integer()
        guard names.indices.contains(rank), ranks.insert(rank).inserted else {
          throw token.malformed(
            "the rank \(rank) is none of \(specials) special tokens, or another token's",
            remedy: "fetch the file again")
        }
        names[rank] = try token.required("token_str").string()
      }
      guard !names.contains(""), Set(names).count == specials else {
        throw listed.malformed(
          "a special token is empty or there twice", remedy: "fetch the file again")
      }
    } else {
      for (rank, name) in Self.usual.enumerated() where rank < specials { names[rank] = name }
    }
    return names.enumerated().map { AddedToken(id: Int32($0.offset), content: $0.element) }
  }

  private static let usual = [
    "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]",
    "[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
  ]
}
