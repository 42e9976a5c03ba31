import Records
import Stages

extension Tokenizer {
  /// Loads a tokenizer from one of its files, or from the folder that holds them.
  ///
  /// Read are tokenizer.json, sentencepiece's `.model`, Marian's two `.spm` with vocab.json, FSMT's two
  /// vocabularies with merges.txt, tiktoken's ranks, Mistral's tekken.json, GPT-2's vocab.json with
  /// merges.txt, and BERT's vocab.txt; in a folder with several the first of these counts. The tokenizer of
  /// a file of weights is the one beside it. tokenizer_config.json and special_tokens_map.json say which tokens have roles.
  /// - Throws: `TokenizerError` with the file, the place in it and the remedy.
  public static func load(_ path: String) throws(TokenizerError) -> Tokenizer {
    let isFolder = Folders.isFolder(path)
    let folder = TokenizerFolder(path: isFolder ? path : FilePaths.folder(path))
    let isWeights = [".gguf", ".safetensors", ".bin", ".pt", ".pth"].contains {
      path.hasSuffix($0)
    }
    guard isFolder || isWeights || Folders.exists(path) else { throw missing(path) }
    let name = isFolder || isWeights ? nil : FilePaths.name(path)
    for format in TokenizerFormats.all {
      if let tokenizer = try format.load(folder, name) { return tokenizer }
    }
    throw missing(folder.file("tokenizer.json"))
  }

  private static func missing(_ file: String) -> TokenizerError {
    TokenizerError(
      .file, file: file, reason: "there is no such file",
      remedy: "give a tokenizer.json, a .model, a vocab.txt or another file of a tokenizer, or the "
        + "folder of a model that holds one")
  }

  /// Reads a tokenizer from the bytes of a tokenizer.json; `file` is for error messages.
  public init(json: [UInt8], file: String = "tokenizer.json") throws(TokenizerError) {
    let source = TokenizerSource(files: [.init(name: "tokenizer.json", bytes: json)])
    try self.init(json: json, source: source, file: file)
  }

  /// Reads a tokenizer from the bytes of a tokenizer.json that stands for other files.
  init(json: [UInt8], source: TokenizerSource, file: String) throws(TokenizerError) {
    // With nothing but usual lists the rest is small; where that is no JSON, the whole file says why.
    let written = WrittenLists(json)
    let rest = written.flatMap { try? JSONValue.parse($0.rest(of: json)) }
    let root: ComponentReader
    if let rest {
      root = ComponentReader(value: rest, file: file, place: "", written: written)
    } else {
      root = ComponentReader(
        value: try TokenizerFolder.parse(json, file: file), file: file, place: "")
    }
    self.init(pipeline: try TokenizerPipeline(from: root), source: source)
    truncation = try root.member("truncation").map { reader throws(TokenizerError) in
      try Truncation(from: reader)
    }
    padding = try root.member("padding").map { reader throws(TokenizerError) in
      try Padding(from: reader)
    }
  }

  /// A tokenizer of components and the files they were read from.
  init(pipeline: TokenizerPipeline, source: TokenizerSource, target: Tokenizer? = nil) {
    self.pipeline = pipeline
    self.source = source
    written = target.map { [$0] } ?? []
    specialTokens = roles()
  }
}

/// The kinds of files that tokenizers come in.
enum TokenizerFormats {
  /// In the order they are looked for in a folder.
  static let all: [any TokenizerFormat.Type] = [
    FastFormat.self, MarianFormat.self, FSMTFormat.self, SentencePieceFormat.self,
    TiktokenFormat.self, TekkenFormat.self, BytePairFormat.self, WordPieceFormat.self,
  ]
}

/// A kind of files that a tokenizer comes in.
protocol TokenizerFormat: SendableMetatype {
  /// The tokenizer of a folder, or of one file of it, or nil where this is none of the kind.
  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer?
}

/// `tokenizer.json`, whatever its name.
enum FastFormat: TokenizerFormat {
  /// Whether a file of that name is read as a tokenizer.json.
  static func isName(_ name: String) -> Bool {
    let others = ["vocab.json", "vocab-src.json", "vocab-tgt.json", "target_vocab.json"]
    return name.hasSuffix(".json") && !others.contains(name) && !TekkenFormat.isName(name)
  }

  static func load(
    _ folder: TokenizerFolder, _ name: String?
  ) throws(TokenizerError) -> Tokenizer? {
    guard name.map(isName) ?? folder.has("tokenizer.json") else { return nil }
    let name = name ?? "tokenizer.json"
    var source = try folder.source([name])
    let bytes = source.files[0].bytes
    source.files[0].name = "tokenizer.json"
    return try Tokenizer(json: bytes, source: source, file: folder.file(name))
  }
}

extension Tokenizer {
  /// The tokens with a role: as the companions say, or by the names everyone uses.
  private func roles() -> SpecialTokens {
    var roles = SpecialTokens()
    for configuration in [source.configuration, source.specialTokensMap] {
      if let configuration { roles.fill(from: configuration) { id(of: $0) } }
    }
    roles.fillFromCommonNames { id(of: $0) }
    return roles
  }
}

extension TokenizerPipeline {
  /// Puts the components of a tokenizer file together.
  fileprivate convenience init(from root: ComponentReader) throws(TokenizerError) {
    try root.mustHaveOnly([
      "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
      "post_processor", "decoder", "model",
    ])
    if let version = root.member("version"), version.value.string != "1.0" {
      throw version.unsupported("the version is not 1.0", remedy: "save the tokenizer again")
    }
    let normalizer = try root.member("normalizer").map(NormalizerRegistry.read)
    var preTokenizer = try root.member("pre_tokenizer").map(PreTokenizerRegistry.read)
    let modelReader = try root.required("model")
    let direct = preTokenizer?.withoutByteMapping
    let model: any TokenModel
    if let direct, let reader = try Self.byteModel(modelReader) {
      (model, preTokenizer) = (reader, direct)
    } else {
      model = try ModelRegistry.read(modelReader, input: .text)
    }
    self.init(
      normalizer: normalizer, preTokenizer: preTokenizer, model: model,
      postProcessing: try root.member("post_processor").map(PostProcessorRegistry.read)
        ?? PostProcessing(),
      decoder: try root.member("decoder").map(DecoderRegistry.read),
      added: try Self.addedTokens(root))
  }

  /// A byte-pair model whose words would come in GPT-2's alphabet, reading the bytes themselves.
  ///
  /// Nil where a byte has no token: what becomes of it, and of the places behind it, depends on how many bytes
  /// its character in the alphabet has.
  private static func byteModel(
    _ reader: ComponentReader
  ) throws(TokenizerError) -> (any TokenModel)? {
    guard reader.member("merges") != nil else { return nil }
    let model = try ModelRegistry.read(reader, input: .bytes)
    return (model as? BytePairModel)?.knowsAllBytes == true ? model : nil
  }

  private static func addedTokens(
    _ root: ComponentReader
  ) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for element in try root.member("added_tokens")?.elements() ?? [] {
      tokens.append(try AddedToken(from: element))
    }
    return tokens
  }
}
