import Synchronization

/// A field that keeps the value it is in where it is.
///
/// A large noncopyable struct of plain fields is loaded: calling a method that only reads it may
/// first copy all of it to the stack (we saw 460 bytes copied to ask a book for one number). A
/// struct with an atomic in it always goes by address. Nothing is synchronised by this one.
public struct InPlace: ~Copyable, Sendable {
  private let mark = Atomic<Bool>(false)

  public init() {}
}
