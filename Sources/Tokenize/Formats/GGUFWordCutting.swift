import Records

/// How a `gpt2` vocabulary of a GGUF file cuts texts into words, by the name under `tokenizer.ggml.pre`.
///
/// The names and what they stand for are those of llama.cpp's `llama-vocab.cpp`; the expressions are those
/// of the models' own tokenizer.json, which llama.cpp rewrites for an engine without classes of cases.
struct GGUFWordCutting {
  /// The pre-tokenizers, as tokenizer.json has them.
  let steps: [JSONValue]
  /// Whether a word that is a token is left whole, whatever the merges would make of it.
  let ignoresMerges: Bool
  /// Whether the token that begins texts stands before them where no flag says so.
  let addsBeginning: Bool

  /// The way with a name; nil for names that are not known.
  init?(_ name: String) {
    guard let steps = Self.steps(name) else { return nil }
    self.steps = steps
    ignoresMerges = Self.llama3.contains(name) || ["glm4", "glm5", "tekken"].contains(name)
    addsBeginning = Self.llama3.contains(name) || name == "tekken"
  }

  private static let gpt2: Set<String> = [
    "", "default", "gpt-2", "gpt2", "phi-2", "olmo", "mpt", "jais", "trillion", "granite-docling",
    "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe",
    "gigachat", "a.x-4.0", "mellum", "modern-bert", "exaone4",
  ]
  private static let llama3: Set<String> = [
    "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
    "jina-v5-nano",
  ]
  private static let cl100k: Set<String> = [
    "dbrx", "smaug-bpe", "chatglm-bpe", "glm4", "glm5",
  ]
  private static let qwen2: Set<String> = [
    "qwen2", "stablelm2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "hunyuan",
    "solar-open", "grok-2",
  ]
  private static let singleDigits: Set<String> = [
    "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2",
  ]
  private static let deepSeek3: Set<String> = [
    "deepseek-v3", "hunyuan-dense", "hy_v4", "joyai-llm",
  ]

  private static func steps(_ name: String) -> [JSONValue]? {
    if gpt2.contains(name) { return cut(SplitPattern.gpt2Expression) }
    if llama3.contains(name) || cl100k.contains(name) {
      return cut(SplitPattern.tiktokenExpression(digits: 3))
    }
    if qwen2.contains(name) { return cut(SplitPattern.tiktokenExpression(digits: 1)) }
    if singleDigits.contains(name) { return [digits] + cut(SplitPattern.gpt2Expression) }
    if deepSeek3.contains(name) { return cut(#"\p{N}{1,3}"#, hanAndKana, wordsAndSigns) }
    switch name {
    case "qwen35": return cut(markedExpression)
    case "gpt-4o", "o200k", "llama4", "kanana2", "talkie", "minimax-m2":
      return cut(SplitPattern.o200kExpression)
    case "tekken": return cut(SplitPattern.casedExpression(digits: 1, ending: ""))
    case "bloom", "poro-chat", "gpt3-finnish": return cut(betweenSigns)
    case "viking": return [split(betweenSigns), digits, bytes()]
    case "falcon":
      return [
        ["type": "Punctuation", "behavior": "Contiguous"], bytes(pattern: true),
        ["type": "Digits", "individual_digits": false], split("[0-9][0-9][0-9]"),
      ]
    case "deepseek-llm":
      return [#"[\r\n]"#, #"\s?["# + casedLetters + "]+", signs, #"\s+$"#, hanToHangul].map(split)
        + [digits, bytes()]
    case "deepseek-coder":
      return [#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, hanToHangul].map(split)
        + [digits, bytes()]
    default: return nil
    }
  }
}

extension GGUFWordCutting {
  private static var digits: JSONValue { ["type": "Digits", "individual_digits": true] }

  private static func split(_ expression: String) -> JSONValue {
    [
      "type": "Split", "pattern": ["Regex": .string(expression)], "behavior": "Isolated",
      "invert": false,
    ]
  }

  private static func bytes(pattern: Bool = false) -> JSONValue {
    FileBuilder.byteLevel(pattern: pattern)
  }

  /// Cuts by one expression after the other, and spells what is left in bytes.
  private static func cut(_ expressions: String...) -> [JSONValue] {
    expressions.map(split) + [bytes()]
  }

  /// Qwen 3.5: words with their marks.
  private static let markedExpression =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"#
    + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// BLOOM: what lies between spaces and signs.
  private static let betweenSigns =
    " ?[^(\\s|.,!?\u{2026}\u{3002}\u{FF0C}\u{3001}\u{964}\u{6D4}\u{60C})]+"

  /// DeepSeek V3: what is neither a number nor of East Asia.
  private static let wordsAndSigns =
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
    + #"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static let hanAndKana = "[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+"

  private static let hanToHangul = "[\u{4E00}-\u{9FA5}\u{800}-\u{4E00}\u{AC00}-\u{D7FF}]+"

  private static let signs =
    "\\s?[!-/:-~\u{FF01}-\u{FF0F}\u{FF1A}-\u{FF5E}\u{2018}-\u{201F}\u{3000}-\u{3002}]+"

  /// The letters of scripts with cases, as DeepSeek's first models list them.
  private static let casedLetters =
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽ"
    + "Ა-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼ"
    + "ℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗ"
    + "Ａ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
}
