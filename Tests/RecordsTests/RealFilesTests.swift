import Records
import TestSupport
import Testing

/// Files as they were published.
@Suite(.enabled(if: Shared.exists, "the shared reference data is absent"))
struct RealFilesTests {
  @Test(arguments: [
    ("alpaca_en_52k/alpaca_data.jsonl.gz", Schema.alpaca, 5000),
    ("alpaca_zh/alpaca_zh.jsonl.gz", .alpaca, 3000), ("dolly_15k/dolly_15k.jsonl.gz", .dolly, 5000),
    ("fastchat_sharegpt/dummy_conversation.json.gz", .sharegpt, 500),
    ("sgd_multiturn/sgd_sharegpt.jsonl.gz", .sharegpt, 1000),
    ("gsm8k/test.jsonl.gz", .questionAnswer, 1319),
    ("llamafactory_demos/alpaca_en_demo.json.gz", .alpaca, 999),
    ("llamafactory_demos/alpaca_zh_demo.json.gz", .alpaca, 1000),
    ("llamafactory_demos/identity.json", .alpaca, 91),
    ("llamafactory_demos/c4_demo.jsonl.gz", .text, 300),
    ("llamafactory_demos/glaive_toolcall_en_demo.json.gz", .sharegpt, 300),
    ("llamafactory_demos/glaive_toolcall_zh_demo.json.gz", .sharegpt, 300),
    ("llamafactory_demos/dpo_en_demo.json.gz", .sharegptPreference, 300),
    ("llamafactory_demos/dpo_zh_demo.json.gz", .sharegptPreference, 300),
    ("llamafactory_demos/kto_en_demo.json.gz", .messages, 300),
    ("llamafactory_demos/v1_sft_demo.jsonl.gz", .messages, 500),
    ("llamafactory_demos/reason_tool_use_demo_50.jsonl.gz", .messages, 50),
  ])
  func `a published file reads and writes without loss`(
    _ name: String, _ schema: Schema, _ count: Int
  ) throws {
    let objects = try Shared.objects("data/instruct/\(name)").prefix(count)
    #expect(objects.count == count)
    for (index, object) in objects.enumerated() {
      try #require(Schema.detect(object) == schema, "record \(index)")
      let body = try schema.read(object)
      try #require(schema.write(body) == object, "record \(index)")
      let record = Record(
        id: "f:\(index)", source: Source(file: "f", line: index), content: body.content,
        label: body.label, schema: schema, metadata: body.metadata)
      try #require(try Record(object: record.object) == record, "record \(index)")
    }
  }
}
