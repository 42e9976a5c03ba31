import Models
import Records
import Stages
import TestSupport
import Testing

/// `generation_config.json`: where options come from, and faults.
struct DecodingOptionsTests {
  private func folder(_ configuration: String, _ generation: String?) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(configuration, to: "config.json")
    if let generation { try folder.write(generation, to: "generation_config.json") }
    return folder
  }

  @Test func `a folder without generation_config is read from config`() throws {
    let folder = try folder(
      #"{"num_beams": 5, "eos_token_id": 2, "forced_eos_token_id": [2, 3], "length_penalty": 1.1}"#,
      nil)
    let options = try DecodingOptions(folder: folder.path)
    #expect(options.numBeams == 5)
    #expect(options.eosTokenId == [2])
    #expect(options.forcedEosTokenId == [2, 3])
    #expect(options.lengthPenalty == 1.1)
    #expect(options.topK == 50)
  }

  @Test func `generation_config goes before config, which still names the end`() throws {
    let folder = try folder(
      #"{"num_beams": 5, "eos_token_id": 2}"#,
      #"{"do_sample": true, "top_p": 0.9, "early_stopping": "never", "bad_words_ids": [[7]],"#
        + #""max_length": null, "stop_strings": "\n", "unknown": 1}"#)
    let options = try DecodingOptions(folder: folder.path)
    #expect(options.numBeams == 1)
    #expect(options.eosTokenId == [2])
    #expect(options.doSample)
    #expect(options.topP == 0.9)
    #expect(options.earlyStopping == .never)
    #expect(options.badWordsIds == [[7]])
    #expect(options.maxLength == nil)
    #expect(options.stopStrings == ["\n"])
  }

  @Test func `names with hyphens are read too`() throws {
    var options = DecodingOptions()
    try options.apply(["max-new-tokens": 7, "num-beams": 3, "top-k": 0], file: "line")
    #expect(options.maxNewTokens == 7)
    #expect(options.numBeams == 3)
    #expect(options.topK == 0)
  }

  @Test(arguments: [
    (#"{"num_beams": "many"}"#, "num_beams is \"many\", expected a whole number from 0 up"),
    (#"{"early_stopping": "soon"}"#, "expected true, false or \"never\""),
    (#"{"bad_words_ids": [1]}"#, ""),
    (#"{"bad_words_ids": ["a"]}"#, "expected a list of lists of token ids"),
    (#"{"eos_token_id": -1}"#, "expected a token id or a list of them"),
    (#"{"do_sample": 1}"#, "do_sample is 1, expected true or false"),
  ])
  func `a field of another kind is named`(json: String, expected: String) throws {
    let folder = try folder("{}", json)
    guard !expected.isEmpty else {
      #expect(try DecodingOptions(folder: folder.path).badWordsIds == [[1]])
      return
    }
    let error = #expect(throws: ModelError.self) { try DecodingOptions(folder: folder.path) }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    #expect(error?.description.contains("generation_config.json") == true)
  }
}
