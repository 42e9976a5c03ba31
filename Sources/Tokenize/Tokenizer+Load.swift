import Records
import Stages

extension Tokenizer {
  /// Loads a tokenizer from a tokenizer.json, or from a folder that holds one.
  ///
  /// The tokenizer of a file of weights is the one beside it.
  /// In a folder, tokenizer_config.json and special_tokens_map.json say which tokens have roles.
  /// - Throws: `TokenizerError` with the file, the place in it and the remedy.
  public static func load(_ path: String) throws(TokenizerError) -> Tokenizer {
    let isFolder = Folders.isFolder(path)
    let folder = isFolder ? path : FilePaths.folder(path)
    let isWeights = [".gguf", ".safetensors", ".bin", ".pt", ".pth"].contains {
      path.hasSuffix($0)
    }
    let file = isFolder || isWeights ? FilePaths.join(folder, "tokenizer.json") : path
    guard Folders.exists(file) else {
      throw TokenizerError(
        .file, file: file, reason: "there is no such file",
        remedy: "give a tokenizer.json or the folder of a model that holds one")
    }
    return try Tokenizer(
      parsing: TokenizerSource(
        tokenizer: try contents(file),
        configuration: try companion("tokenizer_config.json", in: folder),
        specialTokensMap: try companion("special_tokens_map.json", in: folder),
        chatTemplate: try template(in: folder)),
      file: file)
  }

  /// Reads a tokenizer from the bytes of a tokenizer.json; `file` is for error messages.
  public init(json: [UInt8], file: String = "tokenizer.json") throws(TokenizerError) {
    try self.init(parsing: TokenizerSource(tokenizer: json), file: file)
  }

  private static func template(in folder: String) throws(TokenizerError) -> String? {
    let file = FilePaths.join(folder, TokenizerSource.chatTemplateName)
    return Folders.exists(file) ? String(decoding: try contents(file), as: UTF8.self) : nil
  }

  private static func companion(
    _ name: String, in folder: String
  ) throws(TokenizerError) -> JSONValue? {
    let file = FilePaths.join(folder, name)
    return Folders.exists(file) ? try parse(try contents(file), file: file) : nil
  }

  private static func contents(_ file: String) throws(TokenizerError) -> [UInt8] {
    do {
      return try FileReader.contents(file)
    } catch {
      throw TokenizerError(
        .file, file: file, reason: "the file cannot be read: \(error)",
        remedy: error.remedy ?? "try again")
    }
  }

  private static func parse(_ bytes: [UInt8], file: String) throws(TokenizerError) -> JSONValue {
    do {
      return try JSONValue.parse(bytes)
    } catch {
      throw TokenizerError(
        .malformed, file: file, place: "byte \(error.offset)",
        reason: "the file is not JSON: \(error.reason)",
        remedy: "fetch or save the tokenizer again")
    }
  }

  private init(parsing source: TokenizerSource, file: String) throws(TokenizerError) {
    let root = ComponentReader(
      value: try Self.parse(source.tokenizer, file: file), file: file, place: "")
    pipeline = try TokenizerPipeline(from: root)
    truncation = try root.member("truncation").map { reader throws(TokenizerError) in
      try Truncation(from: reader)
    }
    padding = try root.member("padding").map { reader throws(TokenizerError) in
      try Padding(from: reader)
    }
    self.source = source
    specialTokens = roles()
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
    if let version = root.member("version"), version.value.string != "1.0" {
      throw version.unsupported("the version is not 1.0", remedy: "save the tokenizer again")
    }
    let normalizer = try root.member("normalizer").map(NormalizerRegistry.read)
    var preTokenizer = try root.member("pre_tokenizer").map(PreTokenizerRegistry.read)
    let modelReader = try root.required("model")
    // A byte-pair model whose words would come in GPT-2's alphabet reads the bytes themselves.
    var input = ModelInput.text
    if modelReader.member("merges") != nil, let direct = preTokenizer?.withoutByteMapping {
      preTokenizer = direct
      input = .bytes
    }
    self.init(
      normalizer: normalizer, preTokenizer: preTokenizer,
      model: try ModelRegistry.read(modelReader, input: input),
      postProcessing: try root.member("post_processor").map(PostProcessorRegistry.read)
        ?? PostProcessing(),
      decoder: try root.member("decoder").map(DecoderRegistry.read),
      added: try Self.addedTokens(root))
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
