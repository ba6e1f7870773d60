//! The subset of Python's pickle format that `PyTorch` uses for dictionaries of tensors. Nothing is executed.

use std::collections::HashMap;

/// A tensor of a checkpoint: its storage, and its place there, in elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredTensor {
    pub(super) storage: String,
    pub(super) class: String,
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Vec<usize>,
}

#[derive(Debug, Clone)]
enum Value {
    Mark,
    Text(String),
    Number(usize),
    Flag,
    Class(String),
    Tuple(Vec<Value>),
    Dictionary(Vec<(String, StoredTensor)>),
    Tensor(StoredTensor),
    Storage { class: String, key: String },
}

/// Parses a dictionary of tensors. `None` for everything else.
pub(super) fn tensors(bytes: &[u8]) -> Option<Vec<(String, StoredTensor)>> {
    let mut machine = Machine { bytes, at: 0, stack: Vec::new(), memo: HashMap::new() };
    loop {
        let code = machine.byte()?;
        if code == b'.' {
            return match machine.stack.pop()? {
                Value::Dictionary(entries) => Some(entries),
                _ => None,
            };
        }
        machine.step(code)?;
    }
}

struct Machine<'b> {
    bytes: &'b [u8],
    at: usize,
    stack: Vec<Value>,
    memo: HashMap<usize, Value>,
}

impl Machine<'_> {
    fn step(&mut self, code: u8) -> Option<()> {
        match code {
            // PROTO
            0x80 => drop(self.byte()?),
            // GLOBAL
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.stack.push(Value::Class(format!("{module}.{name}")));
            }
            // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
            b'q' => self.store(1)?,
            b'r' => self.store(4)?,
            b'h' => self.load(1)?,
            b'j' => self.load(4)?,
            b'(' => self.stack.push(Value::Mark),
            // EMPTY_TUPLE, TUPLE, TUPLE1 to TUPLE3
            b')' => self.stack.push(Value::Tuple(Vec::new())),
            b't' => {
                let items = self.marked()?;
                self.stack.push(Value::Tuple(items));
            }
            0x85..=0x87 => {
                let items = self.stack.split_off(self.stack.len().checked_sub(usize::from(code - 0x84))?);
                self.stack.push(Value::Tuple(items));
            }
            // BINUNICODE
            b'X' => {
                let length = self.number(4)?;
                let text = std::str::from_utf8(self.take(length)?).ok()?.to_owned();
                self.stack.push(Value::Text(text));
            }
            // BININT1, BININT2, BININT
            b'K' => self.push_number(1)?,
            b'M' => self.push_number(2)?,
            b'J' => self.push_number(4)?,
            // NEWTRUE, NEWFALSE
            0x88 | 0x89 => self.stack.push(Value::Flag),
            // EMPTY_DICT
            b'}' => self.stack.push(Value::Dictionary(Vec::new())),
            // SETITEM, SETITEMS
            b's' => {
                let items = self.stack.split_off(self.stack.len().checked_sub(2)?);
                self.insert(items)?;
            }
            b'u' => {
                let items = self.marked()?;
                self.insert(items)?;
            }
            // BINPERSID, REDUCE
            b'Q' => self.persistent()?,
            b'R' => self.reduce()?,
            // BUILD: attributes of the dictionary.
            b'b' => drop(self.stack.pop()?),
            _ => return None,
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let range = self.at..self.at.checked_add(length)?;
        self.at = range.end;
        self.bytes.get(range)
    }

    fn line(&mut self) -> Option<String> {
        let length = self.bytes.get(self.at..)?.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(self.take(length)?).ok()?.to_owned();
        self.at += 1;
        Some(line)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.take(bytes)?.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn push_number(&mut self, bytes: usize) -> Option<()> {
        let number = self.number(bytes)?;
        self.stack.push(Value::Number(number));
        Some(())
    }

    fn store(&mut self, bytes: usize) -> Option<()> {
        let key = self.number(bytes)?;
        self.memo.insert(key, self.stack.last()?.clone());
        Some(())
    }

    fn load(&mut self, bytes: usize) -> Option<()> {
        let key = self.number(bytes)?;
        self.stack.push(self.memo.get(&key)?.clone());
        Some(())
    }

    fn marked(&mut self) -> Option<Vec<Value>> {
        let mark = self.stack.iter().rposition(|value| matches!(value, Value::Mark))?;
        let items = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(items)
    }

    /// Adds keys and values to the dictionary on the stack. Values other than tensors are attributes of the dictionary
    /// and are dropped.
    fn insert(&mut self, items: Vec<Value>) -> Option<()> {
        let Value::Dictionary(entries) = self.stack.last_mut()? else { return None };
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if let (Value::Text(key), Value::Tensor(tensor)) = (key, value) {
                entries.push((key, tensor));
            }
        }
        Some(())
    }

    /// Replaces a persistent identifier, `("storage", class, key, device, length)`, by the storage.
    fn persistent(&mut self) -> Option<()> {
        let Value::Tuple(parts) = self.stack.pop()? else { return None };
        let [_, Value::Class(class), Value::Text(key), ..] = parts.as_slice() else { return None };
        self.stack.push(Value::Storage { class: class.clone(), key: key.clone() });
        Some(())
    }

    /// Applies one of the two functions that occur: creating a dictionary, and creating a tensor of a storage.
    fn reduce(&mut self) -> Option<()> {
        let (Value::Tuple(arguments), Value::Class(class)) = (self.stack.pop()?, self.stack.pop()?) else {
            return None;
        };
        let value = match class.as_str() {
            "collections.OrderedDict" => Value::Dictionary(Vec::new()),
            "torch._utils._rebuild_tensor_v2" => Value::Tensor(tensor(&arguments)?),
            _ => return None,
        };
        self.stack.push(value);
        Some(())
    }
}

/// Creates a tensor of the arguments `storage, offset, shape, strides, …`.
fn tensor(arguments: &[Value]) -> Option<StoredTensor> {
    let [Value::Storage { class, key }, Value::Number(offset), Value::Tuple(shape), Value::Tuple(strides), ..] =
        arguments
    else {
        return None;
    };
    let numbers = |values: &[Value]| {
        let number = |value: &Value| if let Value::Number(number) = value { Some(*number) } else { None };
        values.iter().map(number).collect::<Option<Vec<usize>>>()
    };
    Some(StoredTensor {
        storage: key.clone(),
        class: class.clone(),
        offset: *offset,
        shape: numbers(shape)?,
        strides: numbers(strides)?,
    })
}
