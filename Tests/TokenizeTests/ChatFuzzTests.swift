import Foundation
import Records
import TestSupport
import Testing
import Tokenize

/// Changed chat templates over changed conversations, which may be refused but never trap.
struct ChatFuzzTests {
  @Test func `a changed template is refused or writes something`() throws {
    let sources = try Self.sources()
    let requests = try Self.conversations()
    Fuzzing.run("chat templates", rounds: 300) { random in
      let source = sources[random.below(sources.count)]
      let bytes = random.below(4) == 0 ? source : FileMutation.changedBytes(source, &random)
      let request = Self.request(requests[random.below(requests.count)], &random)
      Fuzzing.note(bytes + [0x0A] + JSONValue.array(request.messages.map { .object($0) }).bytes)
      guard let template = try? ChatTemplate(String(decoding: bytes, as: UTF8.self)) else { return }
      _ = try? template.render(request)
    }
  }

  @Test func `a conversation of any kind has tokens and turns inside it, or is refused`() throws {
    let tokenizer = try Tokenizer(json: SmallTokenizers.files()[0].bytes)
    let conversations = try Self.conversations()
    let formats = try ChatTemplate.names.compactMap { name in
      try ChatTemplate.named(name).map { ChatFormat($0, tokenizer) }
    }
    Fuzzing.run("conversations", rounds: 150) { random in
      let request = Self.request(conversations[random.below(conversations.count)], &random)
      let conversation = Conversation(
        request.messages.map { message in
          Message(
            Role(rawValue: message["role"]?.string ?? "") ?? .user,
            message["content"]?.string ?? HostileText.random(&random, special: tokenizer))
        })
      let format = formats[random.below(formats.count)]
      guard let example = try? format.tokens(of: conversation, tools: request.tools) else { return }
      _ = try? format.prompt(conversation)
      #expect(example.ids.count == example.isGiven.count)
      let tokens = example.ids.indices
      #expect(example.turns.allSatisfy { tokens.contains($0.range.lowerBound) })
      #expect(example.turns.allSatisfy { $0.range.upperBound <= tokens.upperBound })
    }
  }

  /// The templates of models, and small ones of every statement and filter.
  private static func sources() throws -> [[UInt8]] {
    try ["Chat/templates", "Chat/expressions"].flatMap { name in
      try #require(try Fixture.load(name)["templates"]?.array)
        .compactMap { $0["source"]?.string.map { Array($0.utf8) } }
    }
  }

  private static func conversations() throws -> [JSONValue] {
    try #require(try Fixture.load("Chat/templates")["conversations"]?.object).members.map(\.value)
  }

  private static func request(
    _ conversation: JSONValue, _ random: inout CounterRandom
  ) -> ChatRequest {
    var value = conversation
    for _ in 0..<random.below(4) { value = FileMutation.changed(value, &random) }
    var request = ChatRequest(
      (value["messages"]?.array ?? []).compactMap(\.object), tools: value["tools"]?.array,
      variables: ["bos_token": "<s>", "eos_token": "</s>"], clock: ChatClock { "[\($0)]" })
    request.addsGenerationPrompt = random.below(2) == 0
    request.continuesFinalMessage = random.below(4) == 0
    return request
  }
}
