/// Whether stages may fetch the files of addresses, and who is told what people should know of it.
public struct Fetching: Sendable {
  /// What holds for the work at hand.
  @TaskLocal public static var current = Fetching()

  /// Whether files are fetched; else only the form of addresses is checked.
  public let isAllowed: Bool
  /// Whether a look at the data is all that is wanted: of several files of a data set the first.
  public let isSample: Bool
  private let receive: @Sendable (String) -> Void

  /// Rules for some work; `receive` gets what is worth a line.
  public init(
    isAllowed: Bool = true, isSample: Bool = false,
    receive: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.isAllowed = isAllowed
    self.isSample = isSample
    self.receive = receive
  }

  /// Tells of something that is no fault, such as an old file in place of one that is not reached.
  public func say(_ text: String) { receive(text) }
}
