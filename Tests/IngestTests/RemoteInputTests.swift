import Ingest
import Stages
import TestSupport
import Testing

@Suite struct RemoteInputTests {
  @Test func `a check of inputs asks nobody`() throws {
    let server = try HubServer { _ in .init(status: 404) }
    defer { server.stop() }
    let stage = try ingestStage(["\(server.address)/a.jsonl?token=secret", "hf://datasets/o/n"])
    let fetching = Fetching(isAllowed: false)
    #expect(try Fetching.$current.withValue(fetching) { try stage.dependencies() } == [])
    #expect(server.requests.isEmpty)
    for address in ["http://user:secret@127.0.0.1/a.jsonl", "ftp://example.org/a", "hf://x"] {
      let refused = try ingestStage([address])
      let fault = #expect(throws: StageError.self) {
        try Fetching.$current.withValue(fetching) { try refused.dependencies() }
      }
      #expect("\(fault as Any)".contains("secret") == false)
    }
  }
}
