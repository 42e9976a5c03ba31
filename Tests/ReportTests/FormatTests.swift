import Report
import Testing

@Suite struct `Numbers as people read them` {
  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func `counts have commas between thousands`(value: Int, text: String) {
    #expect(Format.count(value) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (0.91234, "0.9123"), (12.345, "12.35"), (123.45, "123.5"), (1234.5, "1,234"),
    (3.2e-5, "3.2e-05"), (-0.5, "-0.5000"), (Double.infinity, "inf"),
  ])
  func `numbers have about four digits`(value: Double, text: String) {
    #expect(Format.number(value) == text)
  }

  @Test func `a value that rounds to zero has no sign`() {
    #expect(Format.fixed(-0.0001, 2) == "0.00")
    #expect(Format.fixed(-1234.567, 1) == "-1,234.6")
  }

  @Test(arguments: [
    (0.0001, "0 s"), (0.05, "0.050 s"), (0.84, "0.84 s"), (12.34, "12.3 s"), (59.96, "1 min 00 s"),
    (192.0, "3 min 12 s"), (3599.7, "1 h 00 min"), (7503.0, "2 h 05 min"), (-1.0, "–"),
  ])
  func `times use the units people say`(seconds: Double, text: String) {
    #expect(Format.duration(seconds) == text)
  }

  @Test func `sizes, shares and dates are short`() {
    #expect(Format.bytes(1_468_006_400) == "1.37 GiB")
    #expect(Format.bytes(512) == "512 B")
    #expect(Format.percent(0.0834) == "8.3 %")
    #expect(Format.percent(.nan) == "–")
    #expect(Format.date("2026-03-01T09:30:12Z") == "2026-03-01 09:30 UTC")
    #expect(Format.date("yesterday") == "yesterday")
  }

  @Test(arguments: [(1.0, "1"), (1.25, "1.3"), (-0.04, "0"), (-3.14, "-3.1"), (.nan, "0")])
  func `coordinates have at most one decimal`(value: Double, text: String) {
    #expect(Format.coordinate(value) == text)
  }

  @Test func `an excerpt is cut between scalars`() {
    #expect(Format.excerpt("光合作用", limit: 2) == "光合…")
    #expect(Format.excerpt("光合作用", limit: 4) == "光合作用")
  }
}
