# A VTK program: a shaded, a translucent and an outlined object before a gradient, the camera going around them.
# vtk.py FRAMES: in a window. vtk.py FRAMES DIR: without one, each picture read back and written to DIR/NNNN.ppm.
import sys

import vtkmodules.vtkRenderingFreeType  # noqa: F401: these two put their factories in
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401
from vtkmodules.vtkFiltersSources import vtkConeSource, vtkSphereSource, vtkSuperquadricSource
from vtkmodules.vtkIOImage import vtkPNMWriter
from vtkmodules.vtkRenderingCore import (vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkTextActor,
                                         vtkWindowToImageFilter)

frames = int(sys.argv[1])
folder = sys.argv[2] if len(sys.argv) > 2 else None

renderer = vtkRenderer()
renderer.SetBackground(0.1, 0.2, 0.4)
renderer.SetBackground2(0.6, 0.6, 0.7)
renderer.GradientBackgroundOn()


def add(source, position, colour, opacity=1.0):
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.SetPosition(*position)
    p = actor.GetProperty()
    p.SetColor(*colour)
    p.SetOpacity(opacity)
    p.SetSpecular(0.5)
    p.SetSpecularPower(20)
    renderer.AddActor(actor)
    return p


cone = vtkConeSource()
cone.SetResolution(24)
add(cone, (0, 0, 0), (1, 0.4, 0.3))
sphere = vtkSphereSource()
sphere.SetThetaResolution(24)
sphere.SetPhiResolution(24)
add(sphere, (1, 0, 0), (0.3, 0.8, 0.4), 0.5)
torus = vtkSuperquadricSource()
torus.ToroidalOn()
add(torus, (-1, 0, 0), (0.3, 0.4, 0.9)).EdgeVisibilityOn()
text = vtkTextActor()
text.SetInput("VTK")
text.SetPosition(100, 110)
renderer.AddActor2D(text)

renderer.ResetCamera()
window = vtkRenderWindow()
window.SetSize(320, 240)
if folder:
    window.SetOffScreenRendering(1)
window.AddRenderer(renderer)
print(type(window).__name__)
for i in range(frames):
    renderer.GetActiveCamera().Azimuth(3)
    window.Render()
    if folder:
        image = vtkWindowToImageFilter()
        image.SetInput(window)
        writer = vtkPNMWriter()
        writer.SetInputConnection(image.GetOutputPort())
        writer.SetFileName(f"{folder}/{i:04}.ppm")
        writer.Write()
