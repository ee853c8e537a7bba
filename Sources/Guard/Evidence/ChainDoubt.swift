/// Why the guard does not know which chain to believe: its own node and another one differ.
public enum ChainDoubt: Equatable, Sendable {
  /// They differ just now: blocks take a moment to reach both.
  case unsettled
  /// They differ too much or for too long, as one line says.
  case alarm(String)
}
