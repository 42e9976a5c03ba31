import Records
import Stages
import TestSupport
import Testing

@Suite struct `A config file of another trainer` {
  private let folder: TemporaryFolder
  private let config: String

  init() throws {
    folder = try TemporaryFolder()
    config = try folder.write(
      """
      base_model: no/such-model
      datasets:
        - path: records.jsonl
          type: alpaca
      micro_batch_size: 4
      learning_rate: 0.0002
      optimizer: galore_adamw
      group_by_length: true
      """, to: "axolotl.yaml")
    try folder.write(
      #"{"instruction": "Say yes", "input": "", "output": "yes"}"# + "\n", to: "records.jsonl")
  }

  @Test func `becomes a pipeline that check passes but for the model that is not there`() throws {
    let out = "\(folder.path)/pipeline.yaml"
    let told = try Binary.succeed(["convert", config, "--out", out], in: folder)
    #expect(told.output.isEmpty && told.errors.contains("axolotl"))
    for words in ["not converted 7: optimizer", "not converted 8: group_by_length"] {
      #expect(told.errors.contains(words), "\(told.errors)")
    }
    let text = String(decoding: try FileReader.contents(out), as: UTF8.self)
    #expect(text.contains("# Not converted: group_by_length: true"))
    let checked = try Binary.run(["check", out], in: folder)
    #expect(checked.status == 2 && checked.errors.contains("no/such-model"), "\(checked.errors)")
    #expect(!checked.errors.contains("faults"), "\(checked.errors)")
    #expect(try Binary.run(["convert", config, "--out", out], in: folder).status == 2)
    try Binary.succeed(["convert", config, "--out", out, "--force"], in: folder)
  }

  @Test func `goes to standard output as a pipeline, or as JSON with every key`() throws {
    let plain = try Binary.succeed(["convert", config], in: folder)
    #expect(plain.output.contains("stages:") && plain.output.contains("schema: alpaca"))
    let json = try JSONValue.parse(
      Array(Binary.succeed(["convert", config, "--json", "--quiet"], in: folder).output.utf8))
    #expect(json["lines"]?.array?.count == 7)
    #expect(json["lines"]?.array?.count { $0["not_converted"] != nil } == 2)
    #expect(json["pipeline"]?.string == plain.output)
  }

  @Test func `is refused where it is none`() throws {
    let file = try folder.write("hello: world\n", to: "none.yaml")
    let refused = try Binary.run(["convert", file], in: folder)
    #expect(refused.status == 2 && refused.errors.contains("--from"), "\(refused.errors)")
  }
}
