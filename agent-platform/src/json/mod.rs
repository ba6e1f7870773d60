//! JSON that stays as it was written until it is edited.
