import Records
import Stages
import TestSupport
import Testing
import Tokenize

/// Templates against jinja2 and transformers, as Scripts/chat_reference.py recorded them.
struct ChatTemplateTests {
  private static func fixture(_ name: String) throws -> JSONValue {
    try Fixture.load("Chat/\(name)")
  }

  /// What a template writes; nil where it cannot.
  private func text(_ source: String, _ request: ChatRequest) -> String? {
    try? ChatTemplate(source).render(request).text
  }

  @Test func `small templates write what jinja2 writes`() throws {
    let fixture = try Self.fixture("expressions")
    let variables = try #require(fixture["variables"]?.object)
    let cases = try #require(fixture["templates"]?.array)
    #expect(cases.count > 75)
    for item in cases {
      let source = try #require(item["source"]?.string)
      let request = ChatRequest([], variables: variables)
      do {
        let text = try ChatTemplate(source).render(request).text
        #expect(Array(text.utf8) == item["text"]?.string.map { Array($0.utf8) }, "\(source)")
      } catch {
        #expect(item["text"]?.isNull == true, "\(source): \(error)")
      }
    }
  }

  @Test func `drawn templates write what transformers writes, and what it refuses is refused`()
    throws
  {
    let fixture = try Self.fixture("drawn")
    let variables = try #require(fixture["variables"]?.object)
    let messages = try #require(fixture["messages"]?.array).compactMap(\.object)
    let cases = try #require(fixture["templates"]?.array)
    #expect(cases.count > 500)
    for item in cases {
      let source = try #require(item["source"]?.string)
      let request = ChatRequest(
        messages, tools: fixture["tools"]?.array,
        addsGenerationPrompt: item["prompt"]?.bool ?? false, variables: variables,
        clock: ChatClock { "[\($0)]" })
      do {
        let text = try ChatTemplate(source).render(request).text
        #expect(Array(text.utf8) == item["text"]?.string.map { Array($0.utf8) }, "\(source)")
      } catch {
        #expect(item["text"]?.isNull == true, "\(source): \(error)")
        #expect(error.line > 0, "\(source): \(error)")
      }
    }
  }

  @Test func `whole numbers beyond 64 bits keep their digits, and are not computed with`() throws {
    let arguments = try JSONValue.parse("{\"id\": 123456789012345678901234567890, \"x\": 1e2}")
    let request = ChatRequest([["role": "user", "content": arguments]])
    let template = try ChatTemplate(
      "{% set c = messages[0].content %}{{ c|tojson }} {{ c.id }} {{ c.id is integer }} {{ c.id == c.id }} {{ c.id > 5 }}"
    )
    #expect(
      try template.render(request).text
        == "{\"id\": 123456789012345678901234567890, \"x\": 100.0} 123456789012345678901234567890 True True True"
    )
    let error = #expect(throws: ChatTemplateError.self) {
      _ = try ChatTemplate("\n{{ messages[0].content.id + 1 }}").render(request)
    }
    #expect(error?.line == 2)
  }

  @Test func `models' templates write what transformers writes`() throws {
    let fixture = try Self.fixture("templates")
    let conversations = try #require(fixture["conversations"]?.object)
    let templates = try #require(fixture["templates"]?.array)
    #expect(templates.count > 40)
    for template in templates {
      let source = try #require(template["source"]?.string)
      let name = template["name"]?.string ?? ""
      let variables = template["variables"]?.object ?? [:]
      for item in template["cases"]?.array ?? [] {
        let key = try #require(item["conversation"]?.string)
        let conversation = try #require(conversations[key])
        var request = ChatRequest(
          (conversation["messages"]?.array ?? []).compactMap(\.object),
          tools: conversation["tools"]?.array, variables: variables)
        #expect(text(source, request) == item["plain"]?.string, "\(name), \(key)")
        request.addsGenerationPrompt = true
        #expect(text(source, request) == item["prompt"]?.string, "\(name), \(key), prompt")
        request.addsGenerationPrompt = false
        request.continuesFinalMessage = true
        #expect(text(source, request) == item["continued"]?.string, "\(name), \(key), continued")
        guard let spans = item["generated"]?.array, item["plain"]?.string != nil else { continue }
        request.continuesFinalMessage = false
        let chat = try ChatTemplate(source).render(request)
        let expected = spans.compactMap { span -> Range<Int>? in
          guard let start = span.array?[0].int, let end = span.array?[1].int else { return nil }
          return start..<end
        }
        #expect(chat.generated == expected, "\(name), \(key), generated")
      }
    }
  }

  @Test func `the named templates are those of the fixture, and all are there`() throws {
    let templates = try #require(try Self.fixture("templates")["templates"]?.array)
    for name in ChatTemplate.names {
      let own = try #require(try ChatTemplate.named(name))
      let other = templates.first { $0["name"]?.string == "named \(name)" }
      #expect(own.source == other?["source"]?.string, "\(name)")
    }
    for (alias, name) in ChatTemplate.aliases {
      #expect(ChatTemplate.names.contains(name))
      #expect(try ChatTemplate.named(alias)?.name == name)
    }
    #expect(try ChatTemplate.named("nothing") == nil)
  }

  @Test(arguments: [
    ("a\n{{ b c }}", 2, "a"), ("\n\n{% if x %}\n", 3, "missing"), ("{{ 'x", 1, "not closed"),
    ("x\n{% for %}", 2, "name"), ("a\n\n{% nothing %}", 3, "no statement"),
    ("{{ a }}\n{% endif %}", 2, "ends nothing"), ("{{ (1 }}", 1, "expression"),
  ])
  func `an error of syntax tells its line`(source: String, line: Int, word: String) {
    do {
      _ = try ChatTemplate(source, name: "t.jinja")
      Issue.record("'\(source)' was read")
    } catch {
      #expect(error.code == .syntax)
      #expect(error.line == line, "\(error)")
      #expect(error.template == "t.jinja")
      #expect("\(error)".hasPrefix("t.jinja, line \(line): "))
    }
  }

  @Test(arguments: [
    ("a\nb {{ nothing.x }}", 2, ChatTemplateError.Code.evaluation),
    ("{% for m in messages %}\n{{ m.role }}\n{{ m['role'] + 1 }}\n{% endfor %}", 3, .evaluation),
    ("\n{{ raise_exception('no such role') }}", 2, .refused),
    ("{% macro f() %}\n{{ f() }}\n{% endmacro %}\n{{ f() }}", 2, .limit),
    (
      "{% for a in range(99999) %}{% for b in range(99999) %}{{ a }}{% endfor %}{% endfor %}", 1,
      .limit
    ),
    ("{{ 'x' * 999999999999 }}", 1, .limit), ("{{ range(1000000000) }}", 1, .limit),
    ("{{ ('\t' * 1000000).expandtabs(1000000) }}", 1, .limit),
    ("{{ s|nofilter }}", 1, .syntax),
    ("{% set ns = namespace() %}{% set ns.x = ns %}\n{{ ns }}", 2, .evaluation),
    ("{{ 9223372036854775807|round(-1) }}", 1, .evaluation),
    ("{{ (-9223372036854775807)|round(-1) }}", 1, .evaluation),
    ("{{ range(0, 5, -9223372036854775807 - 1)|list }}", 1, .evaluation),
    (
      "{% set ns = namespace(v=[1]) %}{% for i in range(9000) %}"
        + "{% set ns.v = ns.v|map('string') %}{% endfor %}{{ ns.v|list }}", 1, .limit
    ),
  ])
  func `an error of rendering tells its line`(
    source: String, line: Int, code: ChatTemplateError.Code
  ) throws {
    let template = try ChatTemplate(source)
    let error = #expect(throws: ChatTemplateError.self) {
      _ = try template.render(ChatRequest([["role": "user", "content": "x"]]))
    }
    #expect(error?.code == code, "\(String(describing: error))")
    #expect(error?.line == line, "\(String(describing: error))")
  }

  @Test func `what is nested too deeply is refused, not followed`() {
    for source in [
      "{{ " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        + " }}",
      "{{ " + String(repeating: "not ", count: 5000) + "1 }}",
      "{{ " + String(repeating: "-", count: 5000) + "1 }}",
      "{{ " + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000) + " }}",
      String(repeating: "{% if 1 %}", count: 5000) + String(repeating: "{% endif %}", count: 5000),
    ] {
      let error = #expect(throws: ChatTemplateError.self) { _ = try ChatTemplate(source) }
      #expect(error?.code == .limit)
    }
  }

  @Test func `characters know which message they come from`() throws {
    let template = try ChatTemplate(
      "{% for m in messages %}<{{ m.role }}>{{ m.content | trim | upper }}[{{ m | tojson }}]{% endfor %}"
    )
    let chat = try template.render(
      ChatRequest([
        ["role": "user", "content": " ab "], ["role": "wizard", "content": "c"],
      ]))
    #expect(
      chat.text
        == "<user>AB[{\"role\": \"user\", \"content\": \" ab \"}]<wizard>C[{\"role\": \"wizard\", \"content\": \"c\"}]"
    )
    let scalars = Array(chat.text.unicodeScalars)
    func texts(_ ranges: [Range<Int>]) -> [String] {
      ranges.map { range in String(String.UnicodeScalarView(scalars[range])) }
    }
    #expect(texts(chat.places(ofMessages: 2)[0]) == ["AB", " ab "])
    #expect(texts(chat.places(ofMessages: 2)[1]) == ["C", "c"])
    #expect(texts(chat.given) == ["AB", " ab ", "wizard", "C", "wizard", "c"])
  }

  @Test func `a clock of one's own tells the time`() throws {
    let template = try ChatTemplate("{{ strftime_now('%d %b') }}")
    let request = ChatRequest([], clock: ChatClock { "[\($0)]" })
    #expect(try template.render(request).text == "[%d %b]")
  }

  @Test func `broken templates never bring the program down`() throws {
    let sources = try #require(try Self.fixture("templates")["templates"]?.array).compactMap {
      $0["source"]?.string
    }
    var random = CounterRandom(seed: 5, purpose: "test", record: "jinja")
    for round in 0..<400 {
      var scalars = Array(sources[round % sources.count].unicodeScalars)
      for _ in 0..<Int.random(in: 1...6, using: &random) where !scalars.isEmpty {
        let place = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars.remove(at: place)
        case 1:
          scalars.insert(scalars[Int.random(in: 0..<scalars.count, using: &random)], at: place)
        default: scalars.removeSubrange(place..<min(place + 20, scalars.count))
        }
      }
      guard let template = try? ChatTemplate(String(String.UnicodeScalarView(scalars))) else {
        continue
      }
      _ = try? template.render(
        ChatRequest([["role": "user", "content": "a"], ["role": "assistant", "content": "b"]]))
    }
  }
}
