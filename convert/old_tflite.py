"""Run by `check` inside another, older Python, so it imports nothing of ours.

python3.9 old_tflite.py MODEL INPUTS.npy OUTPUTS.npy
"""

import sys

import numpy as np
import tensorflow as tf

model, inputs, outputs = sys.argv[1:]
interpreter = tf.lite.Interpreter(model)
interpreter.allocate_tensors()
read = interpreter.get_input_details()[0]["index"]
write = interpreter.get_output_details()[0]["index"]
said = []
for pixels in np.load(inputs):
    interpreter.set_tensor(read, pixels[None])
    interpreter.invoke()
    said.append(interpreter.get_tensor(write)[0])
np.save(outputs, np.stack(said))
print(tf.__version__)
