import TestSupport
import Testing
import Tokenize

struct LoadErrorTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let json: String
    let code: TokenizerError.Code
    let place: String
    let says: String
    var testDescription: String { says }
  }

  private static let wordPiece =
    #"{"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "a": 1}}"#

  private static let faults = [
    Fault(json: "{", code: .malformed, place: "byte 1", says: "the file is not JSON"),
    Fault(json: "[]", code: .malformed, place: "", says: "model is missing"),
    Fault(
      json: #"{"version": "2.0"}"#, code: .unsupported, place: "version",
      says: "the version is not 1.0"),
    Fault(
      json: #"{"model": {"type": "WordPiece"}}"#, code: .malformed, place: "model",
      says: "model.vocab is missing"),
    Fault(
      json: #"{"model": {"type": "WordPiece", "vocab": {"a": 1}}}"#, code: .malformed,
      place: "model.unk_token", says: "the unknown token '[UNK]' is not in the vocabulary"),
    Fault(
      json: #"{"model": {"type": "WordLevel", "vocab": {"a": 1, "b": 1}}}"#, code: .malformed,
      place: "model.vocab", says: "two tokens share the id 1"),
    Fault(
      json: #"{"model": {"type": "WordLevel", "vocab": {"a": -1}}}"#, code: .malformed,
      place: "model.vocab", says: "the id of \"a\" is no number below 2^24"),
    Fault(
      json: #"{"model": {"type": "Quantum", "vocab": {}}}"#, code: .unsupported, place: "model",
      says: "the model 'Quantum' is not known"),
    Fault(
      json: #"{"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFQ"}]}}"#,
      code: .unsupported, place: "normalizer.normalizers[0]",
      says: "the normalizer 'NFQ' is not known"),
    Fault(
      json:
        #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(x"}, "behavior": "Isolated"}}"#,
      code: .unsupported, place: "pre_tokenizer.pattern.Regex",
      says: "the regular expression (x cannot be read: a '(' is not closed"),
    Fault(
      json: #"{"pre_tokenizer": {"type": "Punctuation", "behavior": "Eaten"}}"#, code: .unsupported,
      place: "pre_tokenizer.behavior", says: "the behavior 'Eaten' is not known"),
    Fault(
      json: #"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]}}"#,
      code: .malformed, place: "model.merges[0]",
      says: "the merge joins or makes tokens that are not in the vocabulary"),
    Fault(
      json: #"{"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b c"]}}"#,
      code: .malformed, place: "model.merges[0]", says: "the merge is neither"),
    Fault(
      json: #"{"model": {"type": "BPE", "vocab": {}, "merges": [], "dropout": 1.5}}"#,
      code: .malformed, place: "model.dropout", says: "a number from 0 to 1"),
    Fault(
      json: #"{"model": \#(wordPiece), "post_processor": {"type": "Sequence", "processors": [5]}}"#,
      code: .unsupported, place: "post_processor.processors[0]",
      says: "the post-processor without a type is not known"),
    Fault(
      json: #"{"model": \#(wordPiece), "added_tokens": [{"content": "x"}]}"#, code: .malformed,
      place: "added_tokens[0]", says: "added_tokens[0].id is missing"),
    Fault(
      json: #"{"model": \#(wordPiece), "truncation": 512}"#, code: .malformed, place: "truncation",
      says: "here must stand an object, not a number"),
    Fault(
      json: #"{"model": \#(wordPiece), "truncation": {"strategy": "LongestFirst", "stride": 0}}"#,
      code: .malformed, place: "truncation", says: "truncation.max_length is missing"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "truncation": {"max_length": 9, "strategy": "OnlyFirst", "stride": 0, "direction": "left"}}"#,
      code: .unsupported, place: "truncation.direction",
      says: "the direction 'left' is not known"),
    Fault(
      json: #"{"model": \#(wordPiece), "padding": {"strategy": "Longest"}}"#, code: .unsupported,
      place: "padding.strategy", says: "the strategy is not known"),
    Fault(
      json: #"{"model": \#(wordPiece), "padding": {"direction": "Left"}}"#, code: .malformed,
      place: "padding", says: "padding.strategy is missing"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "decoder": {"type": "WordPiece", "prefix": "", "cleanup": "yes"}}"#,
      code: .malformed, place: "decoder.cleanup",
      says: "here must stand true or false, not a string"),
    Fault(
      json: #"{"model": \#(wordPiece), "decoder": {"type": "WordPiece", "prefix": ""}}"#,
      code: .malformed, place: "decoder", says: "decoder.cleanup is missing"),
    Fault(
      json: #"{"model": \#(wordPiece), "decoder": {"type": "ByteLevel", "trim_offsets": true}}"#,
      code: .malformed, place: "decoder", says: "decoder.add_prefix_space is missing"),
    Fault(
      json: #"{"model": \#(wordPiece), "decoder": {"type": "Metaspace"}}"#,
      code: .malformed, place: "decoder", says: "decoder.replacement is missing"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "decoder": {"type": "Strip", "content": "ab", "start": 1, "stop": 0}}"#,
      code: .malformed, place: "decoder.content",
      says: "what is taken off is not one character"),
    Fault(
      json: #"{"model": \#(wordPiece), "normaliser": {"type": "Lowercase"}}"#, code: .malformed,
      place: "normaliser", says: "the file has no part 'normaliser'"),
    Fault(
      json: #"{"model": {"type": 5, "unk_token": "a", "vocab": {"a": 0}}}"#, code: .malformed,
      place: "model.type", says: "here must stand a string, not a number"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "added_tokens": [{"content": "x", "id": 2, "single_word": false, "lstrip": false, "rstrip": false, "special": true}]}"#,
      code: .malformed, place: "added_tokens[0]", says: "added_tokens[0].normalized is missing"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "padding": {"strategy": "BatchLongest", "direction": "Left", "pad_type_id": 0}}"#,
      code: .malformed, place: "padding", says: "padding.pad_id is missing"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "post_processor": {"type": "BertProcessing", "sep": [null, 1], "cls": ["a", 1]}}"#,
      code: .malformed, place: "post_processor.sep[0]",
      says: "here must stand a string, not null"),
    Fault(
      json:
        #"{"model": \#(wordPiece), "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a", "type_id": 0}}], "pair": [], "special_tokens": {"a": {"id": "a", "ids": [1, 1], "tokens": ["a"]}}}}"#,
      code: .malformed, place: "post_processor.special_tokens.a", says: "2 ids and 1 tokens"),
  ]

  @Test(arguments: faults)
  func `a faulty file is an error that names the file, the place and a remedy`(
    fault: Fault
  ) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(fault.json, to: "tokenizer.json")
    let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
    #expect(error?.code == fault.code)
    #expect(error?.file == file)
    #expect(error?.place == fault.place)
    #expect(error?.reason.contains(fault.says) == true, "\(error?.description ?? "")")
    #expect(error?.remedy.isEmpty == false)
  }

  @Test func `a missing file and an empty folder are errors that name the file`() throws {
    let folder = try TemporaryFolder()
    for path in [folder.path, "\(folder.path)/none.json", "\(folder.path)/none"] {
      let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(path) }
      #expect(error?.code == .file)
      #expect(error?.file.hasPrefix(folder.path) == true)
    }
  }

  @Test func `a broken companion file is an error that names it`() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"model": \#(Self.wordPiece)}"#, to: "tokenizer.json")
    let file = try folder.write("{\"eos_token\": ", to: "tokenizer_config.json")
    let error = #expect(throws: TokenizerError.self) { try Tokenizer.load(folder.path) }
    #expect(error?.file == file)
  }

  @Test func `roles are read from either companion`() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"model": \#(Self.wordPiece)}"#, to: "tokenizer.json")
    try folder.write(
      #"{"eos_token": {"content": "a"}, "pad_token": null}"#, to: "tokenizer_config.json")
    try folder.write(#"{"bos_token": "a", "eos_token": "[UNK]"}"#, to: "special_tokens_map.json")
    let roles = try Tokenizer.load("\(folder.path)/tokenizer.json").specialTokens
    #expect(roles.end == 1)
    #expect(roles.beginning == 1)
    #expect(roles.padding == nil)
  }

  @Test func `keys that are canonically equivalent are different tokens`() throws {
    let tokenizer = try Tokenizer(
      json: Array(
        #"{"model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "\u00e9": 1, "e\u0301": 2}}}"#
          .utf8))
    #expect(tokenizer.ids(of: "\u{e9}") == [1])
    #expect(tokenizer.ids(of: "e\u{301}") == [2])
    #expect(tokenizer.ids(of: "e") == [0])
  }
}
