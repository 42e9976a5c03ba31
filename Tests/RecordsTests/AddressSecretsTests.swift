import Records
import Testing

struct AddressSecretsTests {
  static let cases = [
    ("https://example.org/a.jsonl", "https://example.org/a.jsonl"),
    ("https://user:pass@example.org/a", "https://…@example.org/a"),
    ("https://u:p@ss@example.org/a@b", "https://…@example.org/a@b"),
    ("http://h/a?token=x&b=c", "http://h/a?token=…&b=…"), ("http://h/a?x", "http://h/a?…"),
    ("http://h/a#access=x", "http://h/a#access=…"), ("http://h?a=1#b", "http://h?a=…"),
    ("http://h/a?b=http://u:p@g/?c=d", "http://h/a?b=…"),
    ("hf://datasets/o/n/a-?.jsonl", "hf://datasets/o/n/a-?.jsonl"),
    ("ftp://user@h/a", "ftp://…@h/a"), ("no address? a=b", "no address? a=b"),
    (
      "- ingest: {path: [http://h/a?t=x, \"http://h/b?t=y\"], limit: 1}\n- x: 'http://u@h'\n",
      "- ingest: {path: [http://h/a?t=…, \"http://h/b?t=…\"], limit: 1}\n- x: 'http://…@h'\n"
    ),
  ]

  @Test(arguments: cases)
  func `who asks and what for is not shown`(_ text: String, _ shown: String) {
    #expect(text.withoutAddressSecrets == shown)
  }
}
