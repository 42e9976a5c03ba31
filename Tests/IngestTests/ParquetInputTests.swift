import Records
import Stages
import TestSupport
import Testing

struct ParquetInputTests {
  private let folder = "\(Shared.project)/Tests/Fixtures/Parquet"

  @Test func `rows become records that name their row group and row`() throws {
    let result = try ingest(
      "\(folder)/chat-gzip-groups.parquet", fields: TextMap([("text", "label")]))
    #expect(result.records.first?.id.hasPrefix("chat-gzip-groups.parquet#1:") == true)
    #expect(Set(result.records.map(\.id)).count == result.records.count)
    #expect(result.records.last?.source.file == "chat-gzip-groups.parquet#5")
    #expect(result.records.count + result.faults.count == 150)
  }

  @Test func `conversations of Parquet are read as messages, the rest is metadata`() throws {
    let result = try ingest("\(folder)/polars.parquet", ["limit": "40", "schema": "messages"])
    #expect(result.records.allSatisfy { $0.schema == .messages })
    #expect(result.records.first?.metadata["tags"]?.array != nil)
  }

  @Test func `the name does not matter, and text is told from Parquet by its first bytes`() throws {
    let temporary = try TemporaryFolder()
    let bytes = try FileReader.contents("\(folder)/pandas.parquet")
    let path = try temporary.write(bytes: bytes, to: "data.bin")
    let result = try ingest(path)
    #expect(result.records.count == 90 && result.records.first?.label != nil)
    #expect(result.records.first?.id == "data.bin#1:1")
  }

  @Test func `a damaged file is a fault that names it`() throws {
    let temporary = try TemporaryFolder()
    let bytes = try FileReader.contents("\(folder)/pandas.parquet")
    let path = try temporary.write(bytes: Array(bytes.dropLast(20)), to: "a.parquet")
    let result = try ingest(path)
    #expect(result.codes == ["invalid-parquet"] && result.records.isEmpty)
    #expect("\(result.faults[0])".hasPrefix("a.parquet:"))
  }
}
