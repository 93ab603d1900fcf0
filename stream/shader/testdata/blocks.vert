#version 450 core
struct St { vec2 a; vec4 b; };
layout(std140, binding = 2, row_major) uniform Blk {
	mat4 m;
	layout(column_major) mat3 n;
	float f[3];
	St st[2];
	layout(offset = 512) vec4 far;
} blk[2];
layout(std140) uniform Anon { mat4 am; vec4 an; };
layout(shared) uniform Shr { mat4 sh; };
layout(location = 3) in vec3 p;
layout(location = 7) uniform mat4 loc[2];
out gl_PerVertex { vec4 gl_Position; float gl_PointSize; float gl_ClipDistance[2]; };
void main() {
	mat4 t = blk[1].m * am * sh * loc[1];
	gl_ClipDistance[1] = 3.0;
	vec3 q = vec3(p.xy, p.z * blk[0].f[2]);
	{
		vec3 p = vec3(9.0);
		q.x += p.x;
	}
	gl_Position = t * vec4(blk[0].n * q, 1.0) + blk[0].st[1].b + an + blk[1].far;
}
