import Ingest
import Records
import TestSupport
import Testing

/// html5lib's tests of the tokenizer of the HTML standard.
@Suite struct HTMLTokenizerTests {
  static let files = [
    "contentModelFlags", "domjs", "entities", "escapeFlag", "namedEntities", "numericEntities",
    "pendingSpecChanges", "test1", "test2", "test3", "test4", "unicodeChars",
    "unicodeCharsProblematic",
  ]

  /// What a test expects and what came, in one form.
  struct Collected: HTMLTokenSink {
    var tokens: [String] = []
    var pending: [UInt8] = []

    mutating func flush() {
      guard !pending.isEmpty else { return }
      tokens.append("text \(String(decoding: pending, as: UTF8.self))")
      pending = []
    }

    mutating func text(_ bytes: ArraySlice<UInt8>) { pending += bytes }

    mutating func startTag(_ tag: HTMLTag) {
      flush()
      let attributes = tag.attributes
        .map {
          "\(String(decoding: $0.name, as: UTF8.self))=\(String(decoding: $0.value, as: UTF8.self))"
        }
        .sorted()
      let name = String(decoding: tag.name, as: UTF8.self)
      tokens.append("start \(name) \(attributes)\(tag.closesItself ? " /" : "")")
    }

    mutating func endTag(_ name: [UInt8]) {
      flush()
      tokens.append("end \(String(decoding: name, as: UTF8.self))")
    }

    mutating func comment(_ bytes: ArraySlice<UInt8>) {
      flush()
      // Zero bytes in comments are left to whoever reads comments.
      tokens.append(
        "comment \(String(decoding: bytes, as: UTF8.self).replacing("\0", with: "\u{FFFD}"))")
    }

    mutating func documentType() {
      flush()
      tokens.append("doctype")
    }
  }

  private static let states: [String: HTMLContent] = [
    "Data state": .data, "PLAINTEXT state": .plain, "RCDATA state": .title,
    "RAWTEXT state": .raw, "Script data state": .script,
  ]

  @Test(.enabled(if: Shared.exists, "needs ../shared"), arguments: files)
  func `tags, text and comments are those of html5lib`(_ file: String) throws {
    let bytes = try Shared.contents("data/ingest/html5lib/tokenizer/\(file).test.gz")
    let tests = try #require(try JSONValue.parse(bytes)["tests"]?.array)
    var run = 0
    for test in tests {
      let states = test["initialStates"]?.array?.compactMap(\.string) ?? ["Data state"]
      let isEscaped = test["doubleEscaped"] == .bool(true)
      // Halves of characters, which JSON can hold and UTF-8 cannot.
      guard let input = Self.text(test["input"], isEscaped) else { continue }
      for state in states {
        guard let content = Self.states[state] else { continue }
        run += 1
        var tokenizer = HTMLTokenizer(Array(input.utf8), sink: Collected(), switches: false)
        tokenizer.content = content
        tokenizer.lastStart = Array((test["lastStartTag"]?.string ?? "").utf8)
        tokenizer.run()
        tokenizer.sink.flush()
        let expected = try #require(Self.expected(test, isEscaped))
        #expect(tokenizer.sink.tokens == expected, "\(file): \(test["description"]?.string ?? "")")
      }
    }
    #expect(run > 0)
  }

  private static func expected(_ test: JSONValue, _ isEscaped: Bool) -> [String]? {
    var tokens: [String] = []
    for token in test["output"]?.array ?? [] {
      guard let parts = token.array, let kind = parts.first?.string else { continue }
      let name = text(parts.count > 1 ? parts[1] : nil, isEscaped) ?? ""
      switch kind {
      case "Character":
        if let last = tokens.last, last.hasPrefix("text ") {
          tokens[tokens.count - 1] = last + name
        } else {
          tokens.append("text \(name)")
        }
      case "StartTag":
        let members = parts.count > 2 ? parts[2].object?.members ?? [] : []
        let attributes = members.map { "\($0.key)=\(text($0.value, isEscaped) ?? "")" }.sorted()
        tokens.append("start \(name) \(attributes)\(parts.count > 3 ? " /" : "")")
      case "EndTag": tokens.append("end \(name)")
      case "Comment": tokens.append("comment \(name)")
      case "DOCTYPE": tokens.append("doctype")
      default: return nil
      }
    }
    return tokens
  }

  /// A text; where the test writes its escapes of JSON twice, they are undone once more.
  private static func text(_ value: JSONValue?, _ isEscaped: Bool) -> String? {
    guard let text = value?.string else { return nil }
    guard isEscaped else { return text }
    return (try? JSONValue.parse(Array("\"\(text.replacing("\"", with: "\\\""))\"".utf8)))?.string
  }
}
