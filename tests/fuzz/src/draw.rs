//! Choices from the bytes of an input, so that libFuzzer's mutations of the bytes are mutations of the choices.

/// The bytes not yet used.
pub struct Draw<'d> {
    data: &'d [u8],
}

impl<'d> Draw<'d> {
    /// Draws from these bytes, then nothing but zeros.
    pub fn new(data: &'d [u8]) -> Self {
        Self { data }
    }

    /// Whether the bytes are used up.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        match self.data.split_first() {
            Some((first, rest)) => {
                self.data = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `count`; 0 if `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        let number = if count <= 256 {
            usize::from(self.byte())
        } else {
            usize::from(self.byte()) << 8 | usize::from(self.byte())
        };
        if count == 0 { 0 } else { number % count }
    }

    /// One of the elements.
    pub fn of<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
}
