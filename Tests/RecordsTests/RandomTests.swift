import Records
import Stages
import TestSupport
import Testing

/// Numbers by `Scripts/records_random_reference.py`, from the xxhash library and the papers.
private struct Reference {
  let value: JSONValue

  init() throws {
    let path = "\(Shared.project)/Tests/Fixtures/Records/random.json"
    value = try JSONValue.parse(FileReader.contents(path))
  }
}

struct RandomTests {
  @Test func `hashes are those of the reference library`() throws {
    let cases = try #require(try Reference().value["hashes"]?.array)
    #expect(cases.count == 57)
    for item in cases {
      let text = try #require(item["text"]?.string)
      let seed = try #require(item["seed"]?.string.flatMap { UInt64($0) })
      let expected = item["hash"]?.string.flatMap { UInt64($0) }
      #expect(StableHash.hash(text, seed: seed) == expected, "\(text) \(seed)")
      #expect(StableHash.hash(Array(text.utf8), seed: seed) == expected)
    }
  }

  @Test(.enabled(if: Shared.exists, "the shared reference data is absent"))
  func `hashes are those that other data pipelines recorded`() throws {
    let golden = try JSONValue.parse(Shared.contents("golden/data-pipelines/hashes.json"))
    let cases = try #require(golden["xxhash64"]?.object)
    #expect(cases.count == 7)
    for member in cases.members {
      #expect(String(StableHash.hash(member.key)) == member.value.string)
    }
  }

  @Test func `streams never change`() throws {
    let cases = try #require(try Reference().value["streams"]?.array)
    #expect(cases.count == 3)
    for item in cases {
      let seed = try #require(item["seed"]?.string.flatMap { UInt64($0) })
      let fresh = CounterRandom(
        seed: seed, purpose: item["purpose"]?.string ?? "?", record: item["record"]?.string ?? "?")
      var random = fresh
      #expect(item["bits"]?.array?.map { $0.string } == (0..<5).map { _ in "\(random.next())" })
      random = fresh
      #expect(item["uniform"]?.array?.map { $0.double } == (0..<5).map { _ in random.uniform() })
      for member in try #require(item["below"]?.object).members {
        random = fresh
        let bound = try #require(Int(member.key))
        let values = (0..<5).map { _ in "\(random.below(bound))" }
        #expect(member.value.array?.map { $0.string } == values, "below \(bound)")
      }
    }
  }

  @Test func `a stream depends on seed, purpose, record and position alone`() {
    let base = CounterRandom(seed: 1, purpose: "a", record: "r")
    var streams = [
      base, CounterRandom(seed: 2, purpose: "a", record: "r"),
      CounterRandom(seed: 1, purpose: "b", record: "r"),
      CounterRandom(seed: 1, purpose: "a", record: "s"),
      CounterRandom(seed: 1, purpose: "ar", record: ""),
      CounterRandom(seed: 1, purpose: "", record: "ar"),
    ]
    let firsts = streams.indices.map { streams[$0].next() }
    #expect(Set(firsts).count == streams.count)
    var again = base
    #expect(again.next() == firsts[0])
    var later = CounterRandom(seed: 1, purpose: "a", record: "r", position: 1)
    #expect(later.next() == again.next())
    #expect(later.position == 2)
  }

  @Test func `first draws of 100,000 records are uniform`() {
    // One draw of each of many streams: what a filter that keeps a share of the records sees.
    var counts = [Int](repeating: 0, count: 100)
    for record in 0..<100_000 {
      var random = CounterRandom(seed: 42, purpose: "test", record: "data.jsonl:\(record)")
      counts[Int(random.uniform() * 100)] += 1
    }
    // 99 degrees of freedom: 148.2 is passed once in a thousand.
    let statistic = counts.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
    #expect(statistic < 148.2)
  }

  @Test func `integers below a bound are uniform, also where it is no power of two`() {
    var random = CounterRandom(seed: 7, purpose: "below")
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.below(7)] += 1 }
    let statistic = counts.reduce(0.0) { $0 + (Double($1) - 1e4) * (Double($1) - 1e4) / 1e4 }
    // 6 degrees of freedom: 22.46 is passed once in a thousand.
    #expect(statistic < 22.46)
    #expect(random.below(1) == 0)
  }

  @Test func `normal numbers have mean 0, variance 1 and light tails`() {
    var random = CounterRandom(seed: 7, purpose: "normal")
    let values = (0..<100_000).map { _ in random.normal() }
    let mean = values.reduce(0, +) / 1e5
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1e5
    let fourth = values.reduce(0) { $0 + ($1 * $1 * $1 * $1) } / 1e5
    #expect(abs(mean) < 0.0125)  // 4 standard errors of 1 / √100000
    #expect(abs(variance - 1) < 0.018)  // 4 of √(2 / 100000)
    #expect(abs(fourth - 3) < 0.125)  // 4 of √(96 / 100000)
  }
}
