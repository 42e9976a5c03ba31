import Dispatch
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// How fast and how much endpoints are asked.
struct EndpointAccountTests {
  private let time = VirtualClock()

  private func account(_ limits: EndpointLimits) -> EndpointAccount {
    EndpointAccount(limits, clock: time.clock)
  }

  /// Sends tries one after the other, each of which takes so many tokens; the times they were sent at.
  private func times(
    _ account: EndpointAccount, _ usages: [EndpointUsage], mostTokens: Int? = 100
  ) throws -> [Double] {
    try usages.map { usage in
      let ticket = try #require(try account.open(promptBytes: 300, mostTokens: mostTokens))
      account.close(ticket, usage)
      return ticket.time
    }
  }

  @Test func `without limits nothing waits, and everything is counted`() throws {
    let account = account(EndpointLimits())
    let usages = [EndpointUsage.told(prompt: 10, completion: 5), .none, .untold(bytes: 7)]
    #expect(try times(account, usages) == [0, 0, 0])
    let spent = account.spent
    #expect(spent.requests == 3 && spent.cost == nil && spent.isEstimated)
    // The last question had as many bytes as the first, and its answer 7: three tokens.
    #expect(spent.promptTokens == 20 && spent.completionTokens == 8)
    #expect(spent.text == "3 requests read about 20 tokens and wrote about 8")
    #expect(spent.json["cost"] == nil && spent.json["estimated"] == true)
  }

  @Test func `requests are sent evenly`() throws {
    let account = account(EndpointLimits(requestsPerMinute: 120))
    #expect(
      try times(account, [.none, .told(prompt: 1, completion: 1), .none, .none])
        == [0, 0.5, 1, 1.5])
  }

  @Test func `requests of many threads are sent evenly too`() throws {
    let account = account(EndpointLimits(requestsPerMinute: 60))
    let sent = Mutex<[Double]>([])
    DispatchQueue.concurrentPerform(iterations: 24) { _ in
      let ticket = try? account.open(promptBytes: 3, mostTokens: 5)
      guard let ticket else { return }
      sent.withLock { $0.append(ticket.time) }
      account.close(ticket, .told(prompt: 1, completion: 1))
    }
    #expect(sent.withLock { $0.sorted() } == (0..<24).map { Double($0) })
  }

  @Test func `tokens are paced by what answers took, not by what was expected`() throws {
    // A hundred tokens a second.
    let account = account(EndpointLimits(tokensPerMinute: 6000))
    let usages = [50, 250, 0, 400].map { EndpointUsage.told(prompt: $0, completion: 50) }
    let times = try times(account, usages + [.none])
    for (time, expected) in zip(times, [0, 1, 4, 4.5, 9]) {
      #expect(abs(time - expected) < 1e-9, "\(times)")
    }
  }

  @Test func `an estimate holds until the answer is there`() throws {
    let account = account(EndpointLimits(tokensPerMinute: 6000))
    // A hundred tokens of 300 bytes, and as many again, as nothing is known of answers.
    let first = try #require(try account.open(promptBytes: 300, mostTokens: 1000))
    let second = try #require(try account.open(promptBytes: 300, mostTokens: 1000))
    #expect(first.time == 0 && abs(second.time - 2) < 1e-9)
    account.close(first, .told(prompt: 30, completion: 10))
    account.close(second, .none)
    // 40 tokens were taken in all, in two seconds: no need to wait.
    #expect(try times(account, [.none], mostTokens: 1000) == [second.time])
    // Now 300 bytes are 30 tokens, and an answer has 10.
    let third = try #require(try account.open(promptBytes: 300, mostTokens: 1000))
    let fourth = try #require(try account.open(promptBytes: 300, mostTokens: 1000))
    #expect(abs(fourth.time - third.time - 0.4) < 1e-9)
  }

  @Test func `nothing is sent while the endpoint asks to wait`() throws {
    let account = account(EndpointLimits())
    account.hold(seconds: 7)
    account.hold(seconds: 3)
    #expect(try times(account, [.none, .none]) == [7, 7])
  }

  @Test func `the last request that is allowed is sent, the next is not`() throws {
    let account = account(EndpointLimits(requests: 2))
    _ = try times(account, [.none, .told(prompt: 3, completion: 4)])
    let error = #expect(throws: StageError.self) { try times(account, [.none]) }
    #expect(error?.code == "limit-reached")
    #expect(error?.message.contains("'max-requests: 2'") == true)
    #expect(error?.remedy?.contains("run again") == true)
    #expect(account.spent.requests == 2 && account.spent.tokens == 7)
  }

  @Test func `tokens in all are never passed where answers are bounded`() throws {
    // 100 tokens of the question and 100 of the answer at most.
    let account = account(EndpointLimits(tokens: 450))
    let usage = EndpointUsage.told(prompt: 100, completion: 60)
    #expect(try times(account, [usage]).count == 1)
    #expect(try times(account, [usage]).count == 1)
    // 320 are spent, and one more may take 200.
    let error = #expect(throws: StageError.self) { try times(account, [usage]) }
    #expect(error?.message.contains("max-tokens: 450") == true)
    #expect(error?.message.contains("200 tokens") == true)
  }

  @Test func `a limit of cost counts both prices`() throws {
    let price = EndpointPrice(prompt: 1, completion: 10)
    let account = account(EndpointLimits(cost: 0.002, price: price))
    // 100 tokens read and 50 written: 0.0006. One more may take 0.0011.
    let usage = EndpointUsage.told(prompt: 100, completion: 50)
    _ = try times(account, [usage, usage])
    #expect(account.spent.text == "2 requests read 200 tokens and wrote 100, which cost 0.0012")
    let error = #expect(throws: StageError.self) { try times(account, [usage]) }
    #expect(error?.message.contains("max-cost: 0.002") == true)
    #expect(error?.message.contains("0.0011") == true)
  }

  @Test func `what is under way is waited for, where it decides whether there is room`() throws {
    let account = account(EndpointLimits(tokens: 300))
    let first = try #require(try account.open(promptBytes: 300, mostTokens: 100))
    let second = Mutex<EndpointTicket?>(nil)
    let done = DispatchSemaphore(value: 0)
    DispatchQueue(label: "account").async {
      let ticket = try? account.open(promptBytes: 300, mostTokens: 100)
      second.withLock { $0 = ticket }
      done.signal()
    }
    #expect(done.wait(timeout: .now() + 0.2) == .timedOut)
    #expect(account.spent.requests == 1)
    account.close(first, .told(prompt: 60, completion: 20))
    #expect(done.wait(timeout: .now() + 20) == .success)
    #expect(second.withLock { $0 } != nil && account.spent.requests == 2)
  }

  // MARK: - As a parameter

  private func limits(_ text: String) throws -> EndpointLimits {
    try EndpointLimits.decode(try Written.node(text))
  }

  @Test func `limits are read as people write them, and again as they are written down`() throws {
    let text = """
      {"requests-per-minute": 60, "tokens_per_minute": "90_000", "max-requests": 10, "max-tokens": 2e6,
       "max-cost": 1.5, "prompt-price": 0, "output-price": 0.6}
      """
    let read = try limits(text)
    let price = EndpointPrice(prompt: 0, completion: 0.6)
    let expected = EndpointLimits(
      requestsPerMinute: 60, tokensPerMinute: 90_000, requests: 10, tokens: 2_000_000, cost: 1.5,
      price: price)
    #expect(read == expected)
    #expect(try limits(read.encoded.text) == read)
    #expect(try limits("{}") == EndpointLimits())
  }

  static let faults = [
    (#"{"max-cost": 1}"#, "not known"),
    (#"{"max-cost": 1, "prompt-price": 2}"#, "not known"),
    (#"{"completion-price": 2}"#, "not known"), (#"{"requests-per-minute": 0}"#, "at least 1"),
    (#"{"max-cost": 0, "prompt-price": 1, "completion-price": 1}"#, "above 0"),
    (#"{"request-per-minute": 6}"#, "unknown key"), ("60", "expected map"),
  ]

  @Test(arguments: faults.indices) func `what is no limit is told`(_ index: Int) throws {
    let (text, message) = Self.faults[index]
    let error = #expect(throws: Diagnostic.self) { try limits(text) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }
}
